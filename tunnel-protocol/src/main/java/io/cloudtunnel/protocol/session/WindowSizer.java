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
     * Windows that have to be taken fast before it grows: the system's buffers swallow as much at
     * first for a reader that takes nothing.
     */
    private static final int WINDOWS_BEFORE_GROWING = 2;

    /** Judgements in a row that have to say slow before it shrinks. */
    private static final int SLOW_BEFORE_SHRINKING = 2;

    /** Below this, threads and not the wire decide how long a round trip takes. */
    private static final long SHORTEST_ROUND_TRIP_NANOS = 1_000_000;

    /**
     * The rate is judged over no less than this: a consumer that had to wait for its processor
     * takes what has piled up at the speed of memory, which says nothing of the wire.
     */
    private static final long SHORTEST_JUDGED_NANOS = 20_000_000;

    private final MemoryBudget budget;
    private final int rest; // what it shrinks to for a slow consumer
    private int window;
    private int taken; // or never granted, and not granted again yet
    private boolean complete = true; // the peer has had credit for all of the window
    private long judgedBytes; // granted since the last judgement
    private long judgedSinceNanos;
    private int slow; // judgements in a row
    private boolean fast; // says the last judgement

    /** A window for a body, over what the caller has reserved. */
    WindowSizer(MemoryBudget budget, int window, long nowNanos) {
        this(budget, window, START, nowNanos);
    }

    private WindowSizer(MemoryBudget budget, int window, int rest, long nowNanos) {
        this.budget = budget;
        this.window = window;
        this.rest = rest;
        this.judgedSinceNanos = nowNanos;
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
            judgedBytes += grant;
            judge(nowNanos, Math.max(rttNanos, SHORTEST_ROUND_TRIP_NANOS));
            int less = shrink(grant);
            grant += less > 0 ? -less : grow();
        } else {
            judgeAnew(nowNanos);
        }
        complete = true;
        return grant;
    }

    /**
     * Half a window or more in a round trip: the window limits the rate. With an eighth of that, a
     * quarter of it would do.
     */
    private void judge(long nowNanos, long rttNanos) {
        long elapsed = nowNanos - judgedSinceNanos;
        if (isRawAtRest()) {
            fast = elapsed <= 2 * rttNanos;
            slow = elapsed > 8 * rttNanos ? slow + 1 : 0;
            judgeAnew(nowNanos);
            return;
        }
        if (elapsed < Math.max(2 * rttNanos, SHORTEST_JUDGED_NANOS)) {
            return;
        }
        double inARoundTrip = (double) judgedBytes * rttNanos / elapsed;
        if (inARoundTrip >= window / 2.0) {
            fast = judgedBytes >= (long) WINDOWS_BEFORE_GROWING * window;
            slow = 0;
            if (!fast) {
                return; // so far
            }
        } else {
            slow = inARoundTrip < window / 16.0 ? slow + 1 : 0;
        }
        judgeAnew(nowNanos);
    }

    /** Whether it has less than all bodies begin with, because it is mostly idle. */
    private boolean isRawAtRest() {
        return rest < START && window < START;
    }

    private void judgeAnew(long nowNanos) {
        judgedBytes = 0;
        judgedSinceNanos = nowNanos;
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
        slow = 0;
        return less;
    }

    /**
     * Beyond five eighths of the budget nobody keeps more than all begin with, and beyond seven
     * eighths not even that.
     */
    private int leastNow() {
        long eighths = budget.usedBytes() / Math.max(1, budget.limitBytes() / 8);
        int most = eighths >= 7 ? SHORT_OF_BUDGET : eighths >= 5 ? START : window;
        return slow >= SLOW_BEFORE_SHRINKING ? Math.min(most, rest) : most;
    }

    /** It only takes what leaves half of the budget to others. */
    private int grow() {
        if (!fast || window >= MOST) {
            return 0;
        }
        fast = false;
        if (isRawAtRest()) {
            int before = window;
            window = extend(budget, window, START);
            return window - before;
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
