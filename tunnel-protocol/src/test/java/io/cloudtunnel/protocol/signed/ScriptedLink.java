package io.cloudtunnel.protocol.signed;

import io.cloudtunnel.protocol.session.Link;
import io.cloudtunnel.protocol.session.Message;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A link that brings what a test says, and keeps what is sent. For one thread. */
final class ScriptedLink implements Link {

    private final Deque<Message> brings = new ArrayDeque<>();
    private final Deque<Message> sent = new ArrayDeque<>();
    private String closed = "";

    void brings(Message message) {
        brings.add(message);
    }

    Message takeSent() {
        return sent.remove();
    }

    /** Code and reason of the first close. */
    String closed() {
        return closed;
    }

    @Override
    public void send(Message message) {
        sent.add(message);
    }

    @Override
    public @Nullable Message receive() {
        return brings.poll();
    }

    @Override
    public long bytesReceived() {
        return 0;
    }

    @Override
    public void close(int code, String reason) {
        closed = closed.isEmpty() ? code + " " + reason : closed;
    }
}
