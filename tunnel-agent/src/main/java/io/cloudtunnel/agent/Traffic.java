package io.cloudtunnel.agent;

import io.cloudtunnel.protocol.session.Upstream;
import java.util.concurrent.TimeUnit;

/**
 * Notices that requests which came often come no more: then the public may have gone to another
 * instance of the server. Times are as {@link Pace} counts. Safe for use by several threads.
 */
final class Traffic {

    /** Instead of a time: nothing to wait for. */
    static final long NEVER = Long.MAX_VALUE;

    /** So long a pause is one, where this many requests came within a second before. */
    static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(300);

    static final int OFTEN = 8;

    private static final long WINDOW = TimeUnit.SECONDS.toNanos(1);

    private final long[] last = new long[OFTEN]; // the newest take the place of the oldest
    private long count;
    private boolean often; // until it was seen that they paused
    private Runnable wake = () -> {};

    /** The upstream, of which each request is seen. */
    Upstream before(Upstream upstream, Pace pace) {
        return (head, bodyLength) -> {
            request(pace.nanos());
            return upstream.open(head, bodyLength);
        };
    }

    /** Who is to be woken when requests begin to come often; does not block. */
    synchronized void wakes(Runnable who) {
        wake = who;
    }

    /** A request has come. */
    void request(long now) {
        if (comesOften(now)) {
            wake.run();
        }
    }

    /** Returns whether it is now that they begin to come often. */
    private synchronized boolean comesOften(long now) {
        int place = (int) (count % OFTEN);
        boolean news = !often && count >= OFTEN && now - last[place] < WINDOW;
        last[place] = now;
        count++;
        often |= news;
        return news;
    }

    /** How long until it is a pause, if no request comes. */
    synchronized long untilPause(long now) {
        return often ? last[(int) ((count - 1) % OFTEN)] + PAUSE - now : NEVER;
    }

    /** The pause was seen, or need not be. */
    synchronized void seen() {
        often = false;
    }
}
