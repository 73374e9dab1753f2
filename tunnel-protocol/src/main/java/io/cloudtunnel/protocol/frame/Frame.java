package io.cloudtunnel.protocol.frame;

import org.jspecify.annotations.Nullable;

/** What travels in binary mode; docs/protocol.md, section 6. */
public sealed interface Frame {

    /** A frame that belongs to a stream. */
    sealed interface OfStream extends Frame {
        /** The stream's id, 1 to 2^31 - 1. */
        int stream();
    }

    /** Begins a side's part of the session, with its limits. */
    record Hello(Greeting greeting) implements Frame {}

    /** Asks for a {@link Pong} of the same content. */
    record Ping(long content) implements Frame {}

    /** Answers a {@link Ping}. */
    record Pong(long content) implements Frame {}

    /**
     * The server's link ends in so many milliseconds.
     *
     * @param millis 0 to 2^32 - 1
     */
    record Leaving(long millis, Reason reason, String text) implements Frame {}

    /** The agent serves streams up to this one, 0 for none. */
    record GoAway(int lastStream, Reason reason, String text) implements Frame {}

    /**
     * Opens a stream.
     *
     * @param credit data bytes of the response that may be sent before more is granted
     * @param end whether there is no body
     * @param upgrade whether the request asks for an upgrade
     */
    record Req(int stream, int credit, RequestHead head, boolean end, boolean upgrade)
            implements OfStream {}

    /** A piece of a body. */
    sealed interface Chunk extends OfStream {
        /** The data, empty with trailers. */
        Bytes data();

        /** Whether it is the last one. */
        boolean end();

        /** The trailer fields, only with {@link #end}. */
        @Nullable Fields trailers();
    }

    /** A piece of a request's body. */
    record ReqChunk(int stream, Bytes data, boolean end, @Nullable Fields trailers)
            implements Chunk {}

    /**
     * The head of a response, interim or final.
     *
     * @param end whether there is no body
     */
    record Resp(int stream, ResponseHead head, boolean end) implements OfStream {}

    /** A piece of a response's body. */
    record RespChunk(int stream, Bytes data, boolean end, @Nullable Fields trailers)
            implements Chunk {}

    /** Allows so many more data bytes. */
    record Credit(int stream, int increment) implements OfStream {}

    /** No more of the body is wanted that the receiver is sending. */
    record Stop(int stream, Reason reason) implements OfStream {}

    /** The stream is over. */
    record Reset(int stream, Reason reason, String text) implements OfStream {}

    /** The stream is over, and no byte of the request went to the local service. */
    record Refused(int stream, Reason reason, String text) implements OfStream {}
}
