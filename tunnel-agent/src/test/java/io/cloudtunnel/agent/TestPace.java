package io.cloudtunnel.agent;

import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Time that passes by pauses, at once, and stands still after so many of them; or else when a test
 * says so.
 */
final class TestPace implements Pace {

    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger left;
    private final BlockingQueue<Long> waits = new LinkedBlockingQueue<>();
    private final CountDownLatch spent = new CountDownLatch(1);
    private final Set<Semaphore> waiting = ConcurrentHashMap.newKeySet();

    TestPace(int waits) {
        left = new AtomicInteger(waits);
    }

    @Override
    public long nanos() {
        return now.get();
    }

    @Override
    public void pause(Semaphore wake, long nanos) throws InterruptedException {
        waits.add(nanos);
        now.addAndGet(nanos);
        if (left.decrementAndGet() <= 0) {
            spent.countDown();
            new CountDownLatch(1).await(); // until the agent is closed
        }
    }

    /** Until something happens, or time passes: so it may end too early, as any of these may. */
    @Override
    public void await(Semaphore wake, long nanos) throws InterruptedException {
        long until = now.get() + nanos;
        waiting.add(wake);
        if (now.get() - until < 0) { // else time passed before we were seen to wait
            wake.acquire();
        }
    }

    /** Waits until all waits are spent. */
    void awaitSpent() throws InterruptedException {
        spent.await();
    }

    /** Time passes, and whoever waits looks. */
    void advance(long nanos) {
        now.addAndGet(nanos);
        waiting.forEach(Semaphore::release);
    }

    /** The pauses so far. */
    List<Long> waits() {
        return List.copyOf(waits);
    }
}
