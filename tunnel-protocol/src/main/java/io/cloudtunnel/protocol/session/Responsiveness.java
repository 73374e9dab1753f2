package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Limits;

/**
 * Judges whether a peer that is being waited for still answers; docs/protocol.md, section 8.2. Much
 * sooner than {@link SilenceWatch}, which cuts the link: here it only gets no more to do until it
 * is heard of.
 */
final class Responsiveness {

    /** What follows. */
    enum Verdict {
        /** Nothing. */
        SAME,
        /** Ask whether the peer lives. */
        PING,
        /** It has not answered. */
        LOST,
        /** It is heard of again. */
        FOUND
    }

    private final long limitNanos;
    private long received = -1;
    private long heardNanos;
    private long askedNanos;
    private boolean asked;
    private volatile boolean lost;

    Responsiveness(Limits limits) {
        limitNanos = limits.waitingSilence().toNanos();
    }

    /** Whether it is known not to answer; for any thread. */
    boolean isLost() {
        return lost;
    }

    /**
     * Looks. For one thread.
     *
     * @param bytesReceived from the peer so far
     * @param waiting whether a request waits for it
     */
    Verdict look(long nowNanos, long bytesReceived, boolean waiting) {
        if (bytesReceived != received) {
            received = bytesReceived;
            heardNanos = nowNanos;
            asked = false;
            boolean found = lost;
            lost = false;
            return found ? Verdict.FOUND : Verdict.SAME;
        }
        if (asked) { // also if nobody waits any longer: that may be why
            boolean late = !lost && nowNanos - askedNanos >= limitNanos;
            lost |= late;
            return late ? Verdict.LOST : Verdict.SAME;
        }
        if (waiting && nowNanos - heardNanos >= limitNanos) {
            asked = true;
            askedNanos = nowNanos;
            return Verdict.PING;
        }
        return Verdict.SAME;
    }
}
