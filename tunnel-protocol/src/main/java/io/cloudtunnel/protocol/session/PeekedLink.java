package io.cloudtunnel.protocol.session;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A link whose first message has been looked at, and is received once more. */
public final class PeekedLink implements Link {

    private final Link link;
    private @Nullable Message first; // of the thread that receives

    /** A link on which this message was the first. */
    public PeekedLink(Link link, Message first) {
        this.link = link;
        this.first = first;
    }

    @Override
    public void send(Message message) throws IOException {
        link.send(message);
    }

    @Override
    public void sendAll(List<Message> messages) throws IOException {
        link.sendAll(messages);
    }

    @Override
    public @Nullable Message receive() throws IOException {
        Message message = first;
        first = null;
        return message == null ? link.receive() : message;
    }

    @Override
    public long bytesReceived() {
        return link.bytesReceived();
    }

    @Override
    public void close(int code, String reason) {
        link.close(code, reason);
    }
}
