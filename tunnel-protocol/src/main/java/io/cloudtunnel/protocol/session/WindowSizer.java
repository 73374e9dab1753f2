package io.cloudtunnel.protocol.session;

/**
 * How much may be on its way to one consumer. It begins small. It grows where the window was shown
 * to limit the rate, as long as the budget has room; it shrinks, by not granting, where the
 * consumer is slow or the budget is short; and it gives all back in the end. Guarded by the
 * stream's lock.
 */
final class WindowSizer {

    /** What each stream has at least, in bytes: reserved before it opens, and never lent. */
    static final int LEAST = 16 * 1024;

    /** What a stream begins with while the budget has room, in bytes. */
    static final int START = 256 * 1024;

    /** What it grows to at most, in bytes. */
    static final int MOST = 8 * 1024 * 1024;

    /** What it keeps of its window when the budget is all but used up, in bytes. */
    private static final int SHORT_OF_BUDGET = 64 * 1024;

    /**
     * Half windows in a row that have to be fast before it grows: two whole windows, since the
     * system's buffers swallow as much at first for a reader that takes nothing.
     */
    private static final int FAST_BEFORE_GROWING = 4;

    /** Half windows in a row that have to be slow before it shrinks. */
    private static final int SLOW_BEFORE_SHRINKING = 2;

    /** Below this, threads and not the wire decide how long a round trip takes. */
    private static final long SHORTEST_ROUND_TRIP_NANOS = 1_000_000;

    private final MemoryBudget budget;
    private final int rest; // what it shrinks to for a slow consumer
    private int window;
    private int taken; // or never granted, and not granted again yet
    private boolean complete = true; // the peer has had credit for all of the window
    private int pace; // fast half windows in a row; negative: slow ones
    private long lastGrantNanos;

    /** A window for a body, over what the caller has reserved. */
    WindowSizer(MemoryBudget budget, int window, long nowNanos) {
        this(budget, window, START, nowNanos);
    }

    private WindowSizer(MemoryBudget budget, int window, int rest, long nowNanos) {
        this.budget = budget;
        this.window = window;
        this.rest = rest;
        this.lastGrantNanos = nowNanos;
    }

    /**
     * The least window, over what the caller has reserved, for the raw bytes of an upgrade: most of
     * them are idle for most of their time. It becomes what bodies begin with once half of it was
     * taken at speed, and the least again for a slow consumer.
     */
    static WindowSizer raw(MemoryBudget budget, long nowNanos) {
        return new WindowSizer(budget, LEAST, LEAST, nowNanos);
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
            judge(nowNanos - lastGrantNanos, rttNanos);
            int less = shrink(grant);
            grant += less > 0 ? -less : grow();
        }
        complete = true;
        lastGrantNanos = nowNanos;
        return grant;
    }

    /**
     * Half a window within two round trips: the window limits the rate. With four times as many, a
     * quarter of it would do.
     */
    private void judge(long elapsedNanos, long rttNanos) {
        long rtt = Math.max(rttNanos, SHORTEST_ROUND_TRIP_NANOS);
        if (elapsedNanos <= 2 * rtt) {
            pace = Math.max(pace, 0) + 1;
        } else if (elapsedNanos > 8 * rtt) {
            pace = Math.min(pace, 0) - 1;
        } else {
            pace = 0;
        }
    }

    /** What of this grant is kept back, for good. */
    private int shrink(int grant) {
        int keep = leastNow();
        int less = Math.min(grant, window - keep);
        if (less <= 0) {
            return 0;
        }
        window -= less;
        budget.release(less);
        pace = 0;
        return less;
    }

    /**
     * Beyond five eighths of the budget nobody keeps more than all begin with, and beyond seven
     * eighths not even that.
     */
    private int leastNow() {
        long eighths = budget.usedBytes() / Math.max(1, budget.limitBytes() / 8);
        int most = eighths >= 7 ? SHORT_OF_BUDGET : eighths >= 5 ? START : window;
        return pace <= -SLOW_BEFORE_SHRINKING ? Math.min(most, rest) : most;
    }

    /** It only takes what leaves half of the budget to others. */
    private int grow() {
        if (pace > 0 && rest < START && window < START) {
            int before = window;
            window = extend(budget, window, START);
            return window - before;
        }
        if (pace < FAST_BEFORE_GROWING || window >= MOST) {
            return 0;
        }
        int more = Math.min(window, MOST - window);
        if (budget.usedBytes() + more > budget.limitBytes() / 2 || !budget.tryReserve(more)) {
            return 0;
        }
        window += more;
        pace = 0;
        return more;
    }

    /** Gives back what is reserved; once. */
    void release() {
        budget.release(window);
        window = 0;
    }
}
