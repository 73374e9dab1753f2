package io.cloudtunnel.protocol.session;

import java.util.concurrent.locks.LockSupport;

/**
 * Lets other virtual threads run after so many bytes. A virtual thread keeps its carrier until it
 * blocks, and a pump between two fast ends never does: with as few carriers as processors, a few of
 * them would hold up everything else for as long as their windows last. For one thread at a time.
 */
public final class FairShare {

    /** A chunk's worth: some tens of microseconds, beside which stepping back is cheap. */
    private static final int BYTES = 64 * 1024;

    private int passed;
    private volatile Thread waiting = Thread.currentThread(); // the one whose share it is
    private volatile boolean myTurn;

    /** The share of a thread that begins to pass bytes on. */
    public FairShare() {}

    /** So many bytes were passed on. */
    public void passed(int bytes) {
        passed += bytes;
        if (passed >= BYTES) {
            passed = 0;
            stepBack();
        }
    }

    /**
     * Waits until what is ready to run has had its turn. {@code Thread.yield} does not do: it puts
     * the thread at the end of its carrier's own queue, and a carrier looks for what comes from
     * elsewhere (new threads, those that a socket wakes) only when that queue is empty, which with
     * several threads that yield is never. A new thread is queued elsewhere. But there, too, a
     * carrier stays at a queue until it is empty: hence the {@link Breather}.
     */
    private void stepBack() {
        waiting = Thread.currentThread();
        myTurn = false;
        if (!Breather.standAside(this)) {
            Thread.ofVirtual().name("tunnel-turn").start(this::itIsYourTurn);
        }
        while (!myTurn) {
            LockSupport.park(this);
        }
    }

    /** Wakes the thread that stepped back; for any thread. */
    void itIsYourTurn() {
        Thread thread = waiting; // read first: once it runs, the next one may step back
        myTurn = true;
        LockSupport.unpark(thread);
    }
}
