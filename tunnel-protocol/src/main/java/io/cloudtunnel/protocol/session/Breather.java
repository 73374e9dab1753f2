package io.cloudtunnel.protocol.session;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A moment, once in a millisecond, in which all threads that pass many bytes on stand aside until
 * their carriers have looked for what else is ready; docs/decisions/stepping-back.md. One for the
 * process, as the scheduler of virtual threads is. Safe for use by several threads.
 */
final class Breather {

    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** A carrier begins its search at a queue by chance, so it is made to search twice. */
    private static final int SEARCHES = 2;

    /** Bounded by the threads that pass bytes on: each stands here once. */
    private static final ConcurrentLinkedQueue<FairShare> ASIDE = new ConcurrentLinkedQueue<>();

    private static final AtomicBoolean ON = new AtomicBoolean();
    private static final Semaphore SEARCH = new Semaphore(0); // at most one permit

    private static volatile long next = System.nanoTime();
    private static int searches; // of the one search that there is at a time

    static {
        Thread.ofPlatform().daemon().name("tunnel-breather").start(Breather::startSearches);
    }

    private Breather() {}

    /**
     * Stands aside if it is time to.
     *
     * @param share is told when its turn has come
     * @return false if it is not time to
     */
    static boolean standAside(FairShare share) {
        if (!ON.get()) {
            if (System.nanoTime() - next < 0 || !ON.compareAndSet(false, true)) {
                return false;
            }
            SEARCH.release();
        }
        ASIDE.add(share);
        if (!ON.get()) { // it may have ended before this one stood there
            goOn();
        }
        return true;
    }

    /**
     * What a thread of the platform starts has a queue that no pump fills. A carrier takes it once
     * it is done with the queue that it is at, so once all pumps that it had there stand aside.
     */
    private static void startSearches() {
        while (true) {
            SEARCH.acquireUninterruptibly();
            Thread.ofVirtual().name("tunnel-search").start(Breather::searched);
        }
    }

    private static void searched() {
        searches++;
        if (searches < SEARCHES) {
            SEARCH.release();
            return;
        }
        searches = 0;
        next = System.nanoTime() + EVERY_NANOS;
        ON.set(false);
        goOn();
    }

    private static void goOn() {
        FairShare share = ASIDE.poll();
        while (share != null) {
            share.itIsYourTurn();
            share = ASIDE.poll();
        }
    }
}
