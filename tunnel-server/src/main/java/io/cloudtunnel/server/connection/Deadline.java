package io.cloudtunnel.server.connection;

import java.time.Duration;

/** The time by which something has to have happened. One thread sets it, another one looks. */
final class Deadline {

    private static final long NONE = 0;

    private volatile long at = NONE; // System.nanoTime()

    /** It has so long from now on. */
    void in(Duration time) {
        at = (System.nanoTime() + time.toNanos()) | 1; // never NONE
    }

    /** Nothing is waited for. */
    void none() {
        at = NONE;
    }

    /** What is left of it; negative where it has passed, or where nothing is waited for. */
    Duration left(long nowNanos) {
        long when = at;
        return when == NONE ? Duration.ofNanos(-1) : Duration.ofNanos(when - nowNanos);
    }

    /** Whether it has passed; says so once. */
    boolean passed(long nowNanos) {
        long when = at;
        if (when == NONE || nowNanos - when < 0) {
            return false;
        }
        at = NONE;
        return true;
    }
}
