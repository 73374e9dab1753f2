package io.cloudtunnel.it;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what sends no event. */
public final class Waiting {

    private static final long LOOK_MILLIS = 10;

    private Waiting() {}

    /** Looks again and again until it is so, or so many seconds have passed. */
    public static void until(long seconds, String what, BooleanSupplier so)
            throws InterruptedException {
        until(seconds, () -> what, so);
    }

    /** The same, of which only a failure costs a description. */
    static void until(long seconds, Supplier<String> what, BooleanSupplier so)
            throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!so.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + seconds + " s: " + what.get());
            }
            new Semaphore(0).tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
