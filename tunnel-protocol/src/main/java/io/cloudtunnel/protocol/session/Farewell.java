package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Frame;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * What a side that leaves waits for, so that nothing is lost: what is on its way to it, by a ping
 * whose pong comes behind that, and what it sent last. Each can be waited for again, and then is
 * over. Safe for use by several threads; the session tells it what happens.
 */
final class Farewell {

    /** No number that {@link RoundTrip} sends, which are odd. */
    static final long CONTENT = 0;

    private final BooleanSupplier noStreams;
    private final SessionWriter writer;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch crossed = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean awaitsEnd;

    /**
     * Nobody leaves yet.
     *
     * @param noStreams whether no stream is open
     */
    Farewell(BooleanSupplier noStreams, SessionWriter writer) {
        this.noStreams = noStreams;
        this.writer = writer;
    }

    /** Whether it is the first time. */
    boolean begin() {
        return begun.compareAndSet(false, true);
    }

    /** What has to be sent then. */
    Frame.Ping ping() {
        return new Frame.Ping(CONTENT);
    }

    /** Waits until all has come that the peer sent before it read the ping, but not for longer. */
    void awaitCrossing(Duration atMost) throws InterruptedException {
        boolean ignored = crossed.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** A pong came; one that was not asked for is ignored. */
    void pong(long content) {
        if (begun.get() && content == CONTENT) {
            crossed.countDown();
        }
    }

    /**
     * Where no stream is opened any more: waits until all have ended at both sides' knowledge, and
     * what they sent is written, but not for longer; says whether that came true.
     */
    boolean awaitSent(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        awaitsEnd = true; // before looking, so that no end is missed
        streamEnded();
        return ended.await(atMost.toNanos(), TimeUnit.NANOSECONDS)
                && writer.awaitWritten(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }

    void streamEnded() {
        if (awaitsEnd && noStreams.getAsBoolean()) {
            ended.countDown();
        }
    }

    /** The session has ended: nothing more will come. */
    void over() {
        crossed.countDown();
    }
}
