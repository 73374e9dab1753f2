package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Frame;
import org.jspecify.annotations.Nullable;

/**
 * Measures the round trip of a link by pings: the least of the last minutes, since whatever is
 * queued ahead of a ping only adds to it, and a link may be busy for long. Safe for use by several
 * threads.
 */
final class RoundTrip {

    /** Pings that follow each other at first: those of a peer that is starting are slow. */
    private static final int AT_FIRST = 8;

    /** Between two pings after the first ones, in nanoseconds. */
    private static final long LATER = 1_000_000_000L;

    /** After so long, and twice as long at most, a round trip is forgotten, in nanoseconds. */
    private static final long KEPT = 300_000_000_000L;

    private int answered; // up to AT_FIRST
    private long sentNanos; // 0 while no ping is unanswered
    private long sinceNanos; // when the least was begun anew
    private long least = Long.MAX_VALUE;
    private long leastBefore = Long.MAX_VALUE;
    private volatile long nextNanos;
    private volatile long nanos;

    RoundTrip(long nowNanos) {
        nextNanos = nowNanos;
        sinceNanos = nowNanos;
    }

    /** A ping that measures, where it is time for one; one at a time. Cheap where it is not. */
    Frame.@Nullable Ping due(long nowNanos) {
        if (nowNanos - nextNanos < 0) {
            return null;
        }
        synchronized (this) {
            if (sentNanos != 0 || nowNanos - nextNanos < 0) {
                return null;
            }
            sentNanos = nowNanos | 1; // never 0
            nextNanos = nowNanos + LATER;
            return new Frame.Ping(sentNanos);
        }
    }

    /** A pong came; one that was not asked for is ignored. */
    synchronized void pong(long content, long nowNanos) {
        if (sentNanos == 0 || content != sentNanos) {
            return;
        }
        if (nowNanos - sinceNanos > KEPT) {
            leastBefore = least;
            least = Long.MAX_VALUE;
            sinceNanos = nowNanos;
        }
        least = Math.min(least, Math.max(1, nowNanos - sentNanos));
        nanos = Math.min(least, leastBefore);
        sentNanos = 0;
        if (answered < AT_FIRST) {
            answered++;
            nextNanos = answered < AT_FIRST ? nowNanos : nextNanos;
        }
    }

    /** The least of the last round trips, 0 while none is known. */
    long nanos() {
        return nanos;
    }
}
