package io.cloudtunnel.agent;

import io.cloudtunnel.agent.connect.Refusal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * How long to wait before dialling again; docs/protocol.md, "Dialling". Times are in nanoseconds of
 * any clock. For one thread.
 *
 * <p>A random time between 0 and a bound (full jitter), so that the agents of a server that went
 * away do not come back all at once. The bound is 2 s in the first minute after a link that was a
 * good one; else it doubles from 1 s up to 30 s.
 */
final class BackOff {

    /** After a link that another agent took over, or a refusal that waiting may not mend. */
    static final long LONG = TimeUnit.SECONDS.toNanos(30);

    private static final long FIRST = TimeUnit.SECONDS.toNanos(1);
    private static final long AFTER_GOOD = TimeUnit.SECONDS.toNanos(2);
    private static final long GOOD_LINK = TimeUnit.SECONDS.toNanos(10);
    private static final long MINUTE = TimeUnit.SECONDS.toNanos(60);
    private static final int MOST_AT_ONCE = 3;

    private final RandomGenerator random;
    private boolean hadGoodLink;
    private long goodLinkEnded;
    private int doublings;
    private int atOnce;

    BackOff(RandomGenerator random) {
        this.random = random;
    }

    /** A link has ended. */
    void linkEnded(long opened, long now) {
        if (now - opened >= GOOD_LINK) {
            rolledOver(now);
        }
    }

    /** A link has lived as long as it should, and is followed by another one. */
    void rolledOver(long now) {
        hadGoodLink = true;
        goodLinkEnded = now;
        doublings = 0;
        atOnce = 0;
    }

    /** Whether to dial at once after a link that ended as planned: not for ever in a row. */
    boolean mayRedialAtOnce() {
        return atOnce++ < MOST_AT_ONCE;
    }

    /** The time to wait after a loss or a failed attempt. */
    long next(long now) {
        return random.nextLong(bound(now) + 1);
    }

    /**
     * The time to wait after a refusal: what it asks for, and by chance up to half of that more,
     * since it may have asked thousands of agents for the same at the same moment.
     */
    long refused(Refusal refusal, long now) {
        Duration after = refusal.retryAfter();
        if (after == null) {
            return next(now);
        }
        long least = after.toNanos();
        return least + random.nextLong(Math.max(FIRST, least / 2) + 1);
    }

    private long bound(long now) {
        if (hadGoodLink && now - goodLinkEnded < MINUTE) {
            return AFTER_GOOD;
        }
        long bound = Math.min(LONG, FIRST << doublings);
        if (bound < LONG) {
            doublings++;
        }
        return bound;
    }
}
