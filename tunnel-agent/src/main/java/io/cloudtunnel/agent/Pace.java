package io.cloudtunnel.agent;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The time that an agent's links live in. Tests have one of their own. Both waits may end early;
 * who waits looks again. Safe for use by several threads.
 */
interface Pace {

    /** Real time. */
    Pace REAL =
            new Pace() {
                @Override
                public long nanos() {
                    return System.nanoTime();
                }

                @Override
                public void pause(Semaphore wake, long nanos) throws InterruptedException {
                    await(wake, nanos);
                }

                @Override
                public void await(Semaphore wake, long nanos) throws InterruptedException {
                    boolean ignored = wake.tryAcquire(nanos, TimeUnit.NANOSECONDS);
                    wake.drainPermits();
                }
            };

    /** Nanoseconds since any moment. */
    long nanos();

    /** Lets time pass before another attempt; a permit ends that early. */
    void pause(Semaphore wake, long nanos) throws InterruptedException;

    /** Waits for something to happen, of which a permit tells, but not for longer. */
    void await(Semaphore wake, long nanos) throws InterruptedException;
}
