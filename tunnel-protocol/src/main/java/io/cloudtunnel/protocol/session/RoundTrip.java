package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Frame;

/** Measures the round trip of a link by pings. */
final class RoundTrip {

    private volatile long sentNanos;
    private volatile long nanos;

    /** A ping that measures; one at a time. */
    Frame.Ping ping(long nowNanos) {
        sentNanos = nowNanos;
        return new Frame.Ping(nowNanos);
    }

    /** A pong came; one that was not asked for is ignored. */
    void pong(long content, long nowNanos) {
        if (content == sentNanos && content != 0) {
            nanos = Math.max(1, nowNanos - content);
            sentNanos = 0;
        }
    }

    /** The last round trip, 0 while it is not known. */
    long nanos() {
        return nanos;
    }
}
