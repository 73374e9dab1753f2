package io.cloudtunnel.server.front;

import java.time.Duration;

/**
 * How long the next piece of a request's body may take: while it is not answered, so many bytes
 * within a time, so that a trickle is no progress; then any. For one thread that reads.
 */
public final class BodyPace {

    private final Duration progress;
    private final int progressBytes;
    private final Duration idle;
    private volatile boolean answering;
    private int since; // bytes
    private long waitedNanos; // for them

    /**
     * The pace of a body.
     *
     * @param progress for each {@code progressBytes}, or for the rest of a shorter one
     * @param idle between two pieces of a body that is being answered
     */
    public BodyPace(Duration progress, int progressBytes, Duration idle) {
        this.progress = progress;
        this.progressBytes = progressBytes;
        this.idle = idle;
    }

    void answering() {
        answering = true;
    }

    Duration patience() {
        if (since >= progressBytes) {
            since = 0;
            waitedNanos = 0;
        }
        return answering ? idle : progress.minusNanos(waitedNanos);
    }

    /**
     * A piece has come.
     *
     * @param bytes of it, -1 at the end
     * @param nanos that it was waited for
     */
    void came(int bytes, long nanos) {
        since += Math.max(0, bytes);
        waitedNanos += nanos;
    }
}
