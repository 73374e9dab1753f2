package io.cloudtunnel.protocol.session;

/**
 * How much may be on its way to one consumer: begins small, grows with the measured round trip and
 * rate as long as the budget has room, and gives all back in the end. Guarded by the stream's lock.
 */
final class WindowSizer {

    /** What each stream has at least, in bytes: reserved before it opens, and never lent. */
    static final int LEAST = 16 * 1024;

    /** What a stream begins with while the budget has room, in bytes. */
    static final int START = 256 * 1024;

    /** What it grows to at most, in bytes. */
    static final int MOST = 8 * 1024 * 1024;

    private final MemoryBudget budget;
    private int window;
    private int taken; // or never granted, and not granted again yet
    private boolean complete = true; // the peer has had credit for all of the window
    private long lastGrantNanos;

    /** A window over what the caller has reserved. */
    WindowSizer(MemoryBudget budget, int window, long nowNanos) {
        this.budget = budget;
        this.window = window;
        this.lastGrantNanos = nowNanos;
    }

    /**
     * Reserves more while there is room: from what is reserved, by doubling, up to a most. The last
     * quarter of the budget is left to the least of streams to come, so that many slow readers do
     * not turn others away.
     *
     * @return what is reserved then
     */
    static int extend(MemoryBudget budget, int reserved, int most) {
        for (int size = most; size > reserved; size /= 2) {
            int more = size - reserved;
            boolean leavesRoom = budget.usedBytes() + more <= budget.limitBytes() / 4 * 3;
            if (leavesRoom && budget.tryReserve(more)) {
                return size;
            }
        }
        return reserved;
    }

    int window() {
        return window;
    }

    /** The peer begins with this credit: what the window has beyond it is due with the next. */
    void owes(int credit) {
        taken = window - credit;
        complete = taken == 0;
    }

    /** The consumer has taken so many bytes; returns what to grant now. */
    int consumed(int bytes, long nowNanos, long rttNanos) {
        taken += bytes;
        if (taken < window / 2) {
            return 0;
        }
        int grant = taken;
        taken = 0;
        if (complete) {
            grant += grow(nowNanos - lastGrantNanos, rttNanos);
        }
        complete = true;
        lastGrantNanos = nowNanos;
        return grant;
    }

    /**
     * Half a window was taken in less than two round trips: the window is what limits the rate. It
     * only takes what leaves half of the budget to others.
     */
    private int grow(long elapsedNanos, long rttNanos) {
        if (elapsedNanos > 2 * rttNanos || window >= MOST) {
            return 0;
        }
        int more = Math.min(window, MOST - window);
        if (budget.usedBytes() + more > budget.limitBytes() / 2 || !budget.tryReserve(more)) {
            return 0;
        }
        window += more;
        return more;
    }

    /** Gives back what is reserved; once. */
    void release() {
        budget.release(window);
        window = 0;
    }
}
