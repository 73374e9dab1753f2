package io.cloudtunnel.protocol.session;

/** How long somebody may wait, as the patrol sees it. Guarded by the lock of its owner. */
final class Patience {

    private long sinceNanos; // System.nanoTime(); 0 while nobody waits, or for ever
    private long mostNanos;

    /** A wait begins, for so long at most; 0 for ever. */
    void begin(long atMostNanos) {
        mostNanos = atMostNanos;
        sinceNanos = atMostNanos == 0 ? 0 : System.nanoTime() | 1; // never 0
    }

    void end() {
        sinceNanos = 0;
    }

    boolean isOver(long nowNanos) {
        return sinceNanos != 0 && nowNanos - sinceNanos > mostNanos;
    }
}
