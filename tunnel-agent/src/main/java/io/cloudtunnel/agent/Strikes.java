package io.cloudtunnel.agent;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Counts refused credentials: only three within a minute are a reason to register anew, since that
 * may cost the public URL. Times are in nanoseconds of any clock. For one thread.
 */
final class Strikes {

    private static final int OUT = 3;
    private static final long WITHIN = TimeUnit.SECONDS.toNanos(60);

    private final Deque<Long> times = new ArrayDeque<>(); // bounded by OUT

    /** One more; returns whether it is the third within a minute. */
    boolean add(long now) {
        while (!times.isEmpty() && now - times.getFirst() > WITHIN) {
            times.removeFirst();
        }
        times.addLast(now);
        return times.size() >= OUT;
    }

    /** The credentials were accepted, or are others now. */
    void clear() {
        times.clear();
    }
}
