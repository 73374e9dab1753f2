package io.cloudtunnel.server.access;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket, kept as the moment at which all that was taken has come in again (the generic
 * cell rate algorithm): one number, and no refilling. Times are in nanoseconds from 0 on. Safe for
 * use by several threads, without a lock.
 */
final class Bucket {

    private final AtomicLong paid = new AtomicLong();

    /**
     * Takes what costs so much, if there is enough.
     *
     * @param burst how much may be taken ahead of time
     * @return 0 if it was taken, else how long to wait for it
     */
    long tryTake(long now, long cost, long burst) {
        while (true) {
            long old = paid.get();
            long next = Math.max(old, now) + cost;
            long excess = next - now - burst;
            if (excess > 0) {
                return excess;
            }
            if (paid.compareAndSet(old, next)) {
                return 0;
            }
        }
    }

    /** Takes what costs so much, in any case; returns how long to wait for one's turn. */
    long book(long now, long cost, long burst) {
        long next = paid.updateAndGet(old -> Math.max(old, now) + cost);
        return Math.max(0, next - now - burst);
    }

    /** How long who comes now would wait. */
    long owed(long now, long burst) {
        return Math.max(0, paid.get() - now - burst);
    }

    /** Whether it is as good as new. */
    boolean isFull(long now) {
        return paid.get() <= now;
    }
}
