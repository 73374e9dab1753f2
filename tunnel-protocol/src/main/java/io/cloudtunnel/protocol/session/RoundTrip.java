package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Frame;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Measures the round trip of a link by pings: the least of the last few, since whatever is queued
 * ahead of a ping only adds to it. Safe for use by several threads.
 */
final class RoundTrip {

    private static final int SAMPLES = 8;

    /** Between two pings, in nanoseconds: at first, for the first ones of a link are slow. */
    private static final long SOON = 50_000_000L;

    /** Between two pings, in nanoseconds: once there are as many samples as are kept. */
    private static final long LATER = 1_000_000_000L;

    private final long[] samples = new long[SAMPLES]; // the newest take the place of the oldest
    private int count;
    private long sentNanos; // 0 while no ping is unanswered
    private volatile long nextNanos;
    private volatile long nanos;

    RoundTrip(long nowNanos) {
        nextNanos = nowNanos;
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
            nextNanos = nowNanos + (count < SAMPLES ? SOON : LATER);
            return new Frame.Ping(sentNanos);
        }
    }

    /** A pong came; one that was not asked for is ignored. */
    synchronized void pong(long content, long nowNanos) {
        if (sentNanos == 0 || content != sentNanos) {
            return;
        }
        samples[count++ % SAMPLES] = Math.max(1, nowNanos - sentNanos);
        sentNanos = 0;
        nanos = Arrays.stream(samples, 0, Math.min(count, SAMPLES)).min().orElse(0);
        count = count == 2 * SAMPLES ? SAMPLES : count; // for ever, without running over
    }

    /** The least of the last round trips, 0 while none is known. */
    long nanos() {
        return nanos;
    }
}
