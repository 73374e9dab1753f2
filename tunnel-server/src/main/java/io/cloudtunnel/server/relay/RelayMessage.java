package io.cloudtunnel.server.relay;

import io.cloudtunnel.protocol.frame.Bytes;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message of a relay link; docs/relay.md, section 2.
 *
 * @param link the relay link
 * @param sequence counts the messages of one direction
 */
record RelayMessage(MessageType type, long link, int sequence, Bytes content) {

    static final int VERSION = 1;
    static final int HEADER_BYTES = 13;

    /** In the order of their numbers. */
    enum MessageType {
        OPEN(1),
        ACCEPT(2),
        END(3),
        DATA(4),
        CREDIT(5),
        WANT(6),
        ALIVE(7),
        YIELD(8); // of no relay link

        private final int number;

        MessageType(int number) {
            this.number = number;
        }
    }

    private static final MessageType[] TYPES = MessageType.values();

    /** The form on the wire. */
    static byte[] encode(MessageType type, long link, int sequence, List<Bytes> content) {
        int length = HEADER_BYTES;
        for (Bytes part : content) {
            length += part.length();
        }
        byte[] message = new byte[length];
        ByteBuffer.wrap(message).put((byte) type.number).putLong(link).putInt(sequence);
        int at = HEADER_BYTES;
        for (Bytes part : content) {
            part.copyTo(message, at);
            at += part.length();
        }
        return message;
    }

    /** Null where it is no message of ours. */
    static @Nullable RelayMessage decode(byte[] message) {
        if (message.length < HEADER_BYTES || message[0] < 1 || message[0] > TYPES.length) {
            return null;
        }
        ByteBuffer header = ByteBuffer.wrap(message, 1, HEADER_BYTES - 1);
        return new RelayMessage(
                TYPES[message[0] - 1],
                header.getLong(),
                header.getInt(),
                Bytes.wrap(message, HEADER_BYTES, message.length - HEADER_BYTES));
    }

    static Bytes number(int value) {
        return Bytes.wrap(ByteBuffer.allocate(4).putInt(value).array());
    }

    /** A positive number in the content's beginning; 0 where there is none. */
    int number() {
        return content.length() < 4 ? 0 : Math.max(0, content.asByteBuffer().getInt());
    }

    /** Who opens, and what it grants. */
    record Open(int credit, String instance) {

        private static final int BEFORE_INSTANCE = 5;

        Bytes encode() {
            byte[] name = Bytes.latin1(instance).toByteArray();
            return Bytes.wrap(
                    ByteBuffer.allocate(BEFORE_INSTANCE + name.length)
                            .put((byte) VERSION)
                            .putInt(credit)
                            .put(name)
                            .array());
        }

        /** Null where it is malformed, or of another version. */
        static @Nullable Open decode(Bytes content) {
            if (content.length() <= BEFORE_INSTANCE || content.at(0) != VERSION) {
                return null;
            }
            int credit = content.slice(1, BEFORE_INSTANCE).asByteBuffer().getInt();
            String instance = content.slice(BEFORE_INSTANCE, content.length()).latin1();
            boolean wellFormed = credit >= 0 && instance.matches("[A-Za-z0-9_-]{1,64}");
            return wellFormed ? new Open(credit, instance) : null;
        }
    }
}
