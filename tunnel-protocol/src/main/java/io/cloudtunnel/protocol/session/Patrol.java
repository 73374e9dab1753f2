package io.cloudtunnel.protocol.session;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Looks after what has deadlines, five times a second: so a deadline costs a request no timer and
 * no timed wait, which on a virtual thread wakes another thread twice. A deadline is noticed up to
 * 200 ms late. Safe for use by several threads.
 */
public final class Patrol {

    private static final Duration ROUND = Duration.ofMillis(200);

    /** What is looked after; {@link #look} neither waits nor throws. */
    public interface Guarded {
        /**
         * Does what is due.
         *
         * @param nowNanos {@code System.nanoTime()}
         */
        void look(long nowNanos);
    }

    private final Set<Guarded> guarded = ConcurrentHashMap.newKeySet(); // bounded by its callers

    /** Begins; it ends with the timer. */
    public Patrol(ScheduledExecutorService timer) {
        var unused =
                timer.scheduleWithFixedDelay(
                        this::round, ROUND.toMillis(), ROUND.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** From now on it is looked after, until it is removed. */
    public void add(Guarded one) {
        guarded.add(one);
    }

    /** It is looked after no more, but for a round that is under way. */
    public void remove(Guarded one) {
        guarded.remove(one);
    }

    private void round() {
        long now = System.nanoTime();
        for (Guarded one : guarded) {
            try {
                one.look(now);
            } catch (RuntimeException e) { // a defect, and else it was the last round of all
                Thread current = Thread.currentThread();
                current.getUncaughtExceptionHandler().uncaughtException(current, e);
            }
        }
    }
}
