package io.cloudtunnel.agent;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * When the next link is dialled, in nanoseconds; docs/protocol.md, section 8.1. Safe for use by
 * several threads if its source of random numbers is.
 *
 * <p>Between 60 and 80 percent of the time in which a link gets new streams, so that there is some
 * for dialling and for what the old link has to finish, and that agents that came back together do
 * not roll over together. Links of one agent are to be of different ages: the first time of one
 * that would end beside another one's is cut short.
 */
final class Rollover {

    /** Instead of a time: there is no limit. */
    static final long NEVER = Long.MAX_VALUE;

    private static final long LONGEST_TAIL = TimeUnit.SECONDS.toNanos(60);

    private final RandomGenerator random;
    private final int links;

    /**
     * Rolls over so many links.
     *
     * @param links how many there are beside each other
     */
    Rollover(int links, RandomGenerator random) {
        this.links = links;
        this.random = random;
    }

    /**
     * The time from a link's 101 until the next one is dialled.
     *
     * @param lifetime from its 101, 0 for no limit
     * @param others the same of all others, counted from this one's 101
     */
    long after(long lifetime, List<Long> others) {
        if (lifetime <= 0) {
            return NEVER;
        }
        long usable = lifetime - Math.min(LONGEST_TAIL, lifetime / 4);
        long whole = usable / 100 * (60 + random.nextInt(21));
        long best = whole;
        long farthest = -1;
        for (int part = links; part > 0; part--) {
            long candidate = whole / links * part;
            long nearest = NEVER;
            for (long other : others) {
                nearest = Math.min(nearest, Math.abs(other - candidate));
            }
            if (nearest - usable / 100 > farthest) { // else the longer one
                farthest = nearest;
                best = candidate;
            }
        }
        return best;
    }
}
