package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Frame;
import java.util.ArrayList;
import java.util.List;

/**
 * What leaves in one write. Frames that follow each other share a message; a text is a message of
 * its own. For one thread.
 */
final class Batch {

    private final List<Message> messages = new ArrayList<>(2);
    private List<Bytes> parts = new ArrayList<>();
    private final int goodMessage;
    private int messageSize;
    private int size;

    /**
     * One with nothing in it.
     *
     * @param goodMessage which length messages of several frames may have, in bytes
     */
    Batch(int goodMessage) {
        this.goodMessage = goodMessage;
    }

    void add(Object frameOrText) {
        switch (frameOrText) {
            case Bytes text -> {
                endMessage();
                messages.add(new Message.Text(text));
                size += text.length();
            }
            case Frame frame -> {
                if (messageSize + BinaryCodec.mostBytes(frame) > goodMessage) {
                    endMessage();
                }
                int bytes = BinaryCodec.encode(frame, parts);
                messageSize += bytes;
                size += bytes;
            }
            default -> throw new IllegalArgumentException(frameOrText.getClass().getName());
        }
    }

    private void endMessage() {
        if (!parts.isEmpty()) {
            messages.add(new Message.Binary(parts));
            parts = new ArrayList<>();
            messageSize = 0;
        }
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    List<Message> messages() {
        endMessage();
        return messages;
    }
}
