package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Limits;

/**
 * Judges a peer's silence. Any byte received is a sign of life; a peer that never answered a ping
 * is not cut for silence, since it may be one that does not know how to.
 */
final class SilenceWatch {

    /** What to do now. */
    enum Verdict {
        /** Nothing. */
        QUIET,
        /** Ask whether the peer lives. */
        PING,
        /** It does not. */
        DEAD
    }

    private final long pingNanos;
    private final long silenceNanos;
    private long heardNanos;
    private long askedNanos;
    private long received = -1;
    private volatile boolean answersPings;

    SilenceWatch(Limits limits, long nowNanos) {
        pingNanos = limits.pingInterval().toNanos();
        silenceNanos = limits.silence().toNanos();
        heardNanos = nowNanos;
        askedNanos = nowNanos;
    }

    /** A pong came. For any thread; the rest is for one. */
    void ponged() {
        answersPings = true;
    }

    /** The peer could not be asked until now: its silence begins anew. */
    void excuse(long nowNanos) {
        heardNanos = nowNanos;
    }

    Verdict look(long nowNanos, long bytesReceived) {
        if (bytesReceived != received) {
            received = bytesReceived;
            heardNanos = nowNanos;
        }
        long silent = nowNanos - heardNanos;
        if (silent >= silenceNanos && answersPings) {
            return Verdict.DEAD;
        }
        if (silent >= pingNanos && nowNanos - askedNanos >= pingNanos) {
            askedNanos = nowNanos;
            return Verdict.PING;
        }
        return Verdict.QUIET;
    }
}
