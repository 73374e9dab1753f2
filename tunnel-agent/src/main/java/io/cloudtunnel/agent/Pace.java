package io.cloudtunnel.agent;

import java.util.concurrent.TimeUnit;

/** The time that a connector lives in. Tests have one of their own. */
interface Pace {

    /** Real time. */
    Pace REAL =
            new Pace() {
                @Override
                public long nanos() {
                    return System.nanoTime();
                }

                @Override
                public void sleep(long nanos) throws InterruptedException {
                    TimeUnit.NANOSECONDS.sleep(nanos);
                }
            };

    /** Nanoseconds since any moment. */
    long nanos();

    /** Waits. */
    void sleep(long nanos) throws InterruptedException;
}
