package io.cloudtunnel.protocol.http;

/**
 * How the end of a body is told (RFC 9112, section 6.3).
 *
 * @param kind the way
 * @param length the length in bytes; 0 where there is no body, -1 where it is not known
 */
public record BodyFraming(Kind kind, long length) {

    /** No body at all. */
    public static final BodyFraming NONE = new BodyFraming(Kind.NONE, 0);

    /** Chunked transfer coding. */
    public static final BodyFraming CHUNKED = new BodyFraming(Kind.CHUNKED, -1);

    /** Until the connection ends: responses only. */
    public static final BodyFraming UNTIL_CLOSE = new BodyFraming(Kind.UNTIL_CLOSE, -1);

    /** No longer HTTP: what follows a 101, or a 2xx to CONNECT. */
    public static final BodyFraming RAW = new BodyFraming(Kind.RAW, -1);

    /** The ways to tell the end of a body. */
    public enum Kind {
        /** There is no body. */
        NONE,
        /** {@code Content-Length}. */
        FIXED,
        /** {@code Transfer-Encoding: chunked}. */
        CHUNKED,
        /** The end of the connection. */
        UNTIL_CLOSE,
        /** The end of the connection, after a change of protocol. */
        RAW
    }

    /**
     * Checks the length.
     *
     * @throws IllegalArgumentException if it does not go with the kind
     */
    public BodyFraming {
        boolean good =
                switch (kind) {
                    case NONE -> length == 0;
                    case FIXED -> length >= 0;
                    case CHUNKED, UNTIL_CLOSE, RAW -> length == -1;
                };
        if (!good) {
            throw new IllegalArgumentException("a length that does not go with the framing");
        }
    }

    /** A body of known length in bytes, which a {@code Content-Length} states. */
    public static BodyFraming fixed(long length) {
        return new BodyFraming(Kind.FIXED, length);
    }
}
