package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Limits;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How far a request in JSON mode has come, and what time it has from there. Guarded by the lock of
 * its owner.
 */
final class JsonProgress {

    /** How often whoever waits looks whether a write moves. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final JsonSender sender;
    private final Limits limits;
    private Phase phase = Phase.COLLECTING;
    private long sinceNanos = System.nanoTime(); // a byte moved, or the phase began
    private long sentBytes; // of the link, in a write

    /** Where the request is. */
    enum Phase {
        /** Its client sends it. */
        COLLECTING,
        /** It is all there, and not written yet: others have their turn. */
        WAITING,
        /** From here on nobody can tell whether it reaches the local service. */
        WRITING,
        /** Its last byte has been written. */
        SENT
    }

    JsonProgress(JsonSender sender, Limits limits) {
        this.sender = sender;
        this.limits = limits;
    }

    void enter(Phase next) {
        phase = next;
        sinceNanos = System.nanoTime();
        if (next == Phase.WRITING) {
            sentBytes = sender.bytesSent();
        }
    }

    /** A byte came from its client. */
    void moved() {
        sinceNanos = System.nanoTime();
    }

    boolean isHandedOver() {
        return phase == Phase.WRITING || phase == Phase.SENT;
    }

    /** How much of its time is left; that of a write begins anew with each byte that moves. */
    long leftNanos() {
        long now = System.nanoTime();
        if (phase == Phase.WRITING && sender.bytesSent() != sentBytes) {
            sentBytes = sender.bytesSent();
            sinceNanos = now;
        }
        return limit().toNanos() - (now - sinceNanos);
    }

    private Duration limit() {
        return switch (phase) {
            case COLLECTING, WRITING -> limits.progressTimeout();
            case WAITING -> limits.turnWait();
            case SENT -> limits.responseTimeout();
        };
    }

    /** How long to wait before {@link #leftNanos} is asked again. */
    long stepNanos(long leftNanos) {
        return phase == Phase.WRITING ? Math.min(leftNanos, LOOK_NANOS) : leftNanos;
    }

    /** What it means that its time is over. */
    ExchangeException late() {
        return switch (phase) {
            case COLLECTING -> ExchangeException.of(ErrorCode.REQUEST_TIMEOUT);
            case WAITING -> JsonFailures.noTurn(limits);
            case WRITING, SENT -> ExchangeException.of(ErrorCode.AGENT_TIMEOUT);
        };
    }
}
