package io.cloudtunnel.protocol.session;

import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets one at a time do something that takes long, where whoever waits may think better of it. Who
 * waits is woken in the order of asking; who asks just when nobody has it may be first, as that
 * costs nobody a change of threads. Safe for use by several threads.
 */
final class Turns {

    private final Object monitor = new Object(); // guards what follows; held over memory only
    private final ArrayDeque<Wait> waiting = new ArrayDeque<>(); // one for each thread that waits
    private boolean taken;

    /** Somebody who wants a turn, of one {@code Turns} after the other. */
    static final class Wait {
        private final Semaphore woken = new Semaphore(0);
        private volatile boolean givenUp;

        /** Waits no more, now and later. For any thread; does not block. */
        void giveUp() {
            givenUp = true;
            woken.release();
        }
    }

    /**
     * Waits for a turn, which {@link #end} has to end.
     *
     * @param untilNanos by {@code System.nanoTime()}
     * @return false if that time has come, or it was given up: then there is no turn to be ended
     */
    boolean begin(Wait wait, long untilNanos) throws InterruptedException {
        if (tookOrQueued(wait)) {
            return true;
        }
        boolean took = false;
        try {
            while (!took
                    && !wait.givenUp
                    && wait.woken.tryAcquire(
                            untilNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                took = tookAfterWaiting(wait);
            }
            return took;
        } finally {
            if (!took) {
                leave(wait);
            }
        }
    }

    private boolean tookOrQueued(Wait wait) {
        synchronized (monitor) {
            if (taken) {
                waiting.addLast(wait);
                return false;
            }
            taken = true;
            return true;
        }
    }

    /** It keeps its place if somebody else was faster. */
    private boolean tookAfterWaiting(Wait wait) {
        synchronized (monitor) {
            if (taken) {
                return false;
            }
            taken = true;
            waiting.remove(wait);
            return true;
        }
    }

    /** It may have been woken, so the next one is. */
    private void leave(Wait wait) {
        synchronized (monitor) {
            waiting.remove(wait);
            if (!taken) {
                wake(waiting.peekFirst());
            }
        }
    }

    /** The turn of this thread is over. */
    void end() {
        synchronized (monitor) {
            taken = false;
            wake(waiting.peekFirst());
        }
    }

    private static void wake(@Nullable Wait next) {
        if (next != null) {
            next.woken.release();
        }
    }
}
