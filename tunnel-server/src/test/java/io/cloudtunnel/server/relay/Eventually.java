package io.cloudtunnel.server.relay;

import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Waits for what sends no event. */
public final class Eventually {

    private static final long SECONDS = 10;
    private static final long LOOK_MILLIS = 5;

    private Eventually() {}

    /** Asks again and again until it is so. */
    public static void holds(String what, Callable<Boolean> so) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!so.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + SECONDS + " s: " + what);
            }
            boolean ignored = new Semaphore(0).tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
