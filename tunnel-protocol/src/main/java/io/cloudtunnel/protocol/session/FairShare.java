package io.cloudtunnel.protocol.session;

import java.util.concurrent.locks.LockSupport;

/**
 * Lets other virtual threads run after so many bytes. A virtual thread keeps its carrier until it
 * blocks, and a pump between two fast ends never does: with as few carriers as processors, a few of
 * them would hold up everything else for as long as their windows last. For one thread.
 */
public final class FairShare {

    /** A chunk's worth: some tens of microseconds, beside which stepping back is cheap. */
    private static final int BYTES = 64 * 1024;

    private int passed;
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
     * Waits until all that is ready to run has had its turn. {@code Thread.yield} does not do: it
     * puts the thread at the end of its carrier's own queue, and a carrier looks for what comes
     * from elsewhere (new threads, those that a socket wakes) only when that queue is empty, which
     * with several threads that yield is never. A new thread is queued where those are.
     */
    private void stepBack() {
        Thread self = Thread.currentThread();
        myTurn = false;
        Thread.ofVirtual()
                .name("tunnel-turn")
                .start(() -> {
                    myTurn = true;
                    LockSupport.unpark(self);
                });
        while (!myTurn) {
            LockSupport.park(this);
        }
    }
}
