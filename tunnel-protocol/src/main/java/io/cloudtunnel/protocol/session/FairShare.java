package io.cloudtunnel.protocol.session;

/**
 * Lets other virtual threads run after so many bytes. A virtual thread keeps its carrier until it
 * blocks, and a pump between two fast ends never does: with as few carriers as processors, a few of
 * them would hold up everything else for as long as their windows last. For one thread.
 */
public final class FairShare {

    /** A chunk's worth: some tens of microseconds, beside which the yield is cheap. */
    private static final int BYTES = 64 * 1024;

    private int passed;

    /** The share of a thread that begins to pass bytes on. */
    public FairShare() {}

    /** So many bytes were passed on. */
    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it but the time that others wait
    public void passed(int bytes) {
        passed += bytes;
        if (passed >= BYTES) {
            passed = 0;
            Thread.yield();
        }
    }
}
