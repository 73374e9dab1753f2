package io.cloudtunnel.agent;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes by waiting only, at once, and stands still after so many waits. */
final class TestPace implements Pace {

    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger left;
    private final BlockingQueue<Long> waits = new LinkedBlockingQueue<>();
    private final CountDownLatch spent = new CountDownLatch(1);

    TestPace(int waits) {
        left = new AtomicInteger(waits);
    }

    @Override
    public long nanos() {
        return now.get();
    }

    @Override
    public void sleep(long nanos) throws InterruptedException {
        waits.add(nanos);
        now.addAndGet(nanos);
        if (left.decrementAndGet() <= 0) {
            spent.countDown();
            new CountDownLatch(1).await(); // until the agent is closed
        }
    }

    /** Waits until all waits are spent. */
    void awaitSpent() throws InterruptedException {
        spent.await();
    }

    /** Time passes. */
    void advance(long nanos) {
        now.addAndGet(nanos);
    }

    /** The waits so far. */
    List<Long> waits() {
        return List.copyOf(waits);
    }
}
