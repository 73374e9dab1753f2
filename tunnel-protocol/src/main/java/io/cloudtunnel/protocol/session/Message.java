package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import java.util.List;

/** A whole message on a {@link Link}. */
public sealed interface Message {

    /** What it carries. */
    Bytes payload();

    /**
     * A text message.
     *
     * @param payload well-formed UTF-8
     */
    record Text(Bytes payload) implements Message {}

    /**
     * What is left of a message for which the receiver had no room.
     *
     * @param payload its beginning, 64 KiB of it
     */
    record Cut(Bytes payload) implements Message {}

    /**
     * A binary message.
     *
     * @param parts its bytes, one part behind the other; one part where it was received
     */
    record Binary(List<Bytes> parts) implements Message {

        /** A message of one part. */
        public Binary(Bytes payload) {
            this(List.of(payload));
        }

        @Override
        public Bytes payload() {
            return parts.size() == 1 ? parts.getFirst() : Bytes.join(parts);
        }
    }
}
