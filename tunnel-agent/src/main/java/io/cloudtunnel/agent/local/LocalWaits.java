package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.frame.Limits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an exchange with the local service waits for, and since when, so that the patrol can say
 * what has taken too long. Each wait is begun and ended by one thread; any may ask.
 */
final class LocalWaits {

    private final Limits limits;
    private volatile long writeBeganNanos; // 0 while nobody writes
    private volatile long bodyReadBeganNanos; // 0 while nobody waits for a piece of the body
    private volatile boolean headAwaited;
    private volatile long progressNanos = System.nanoTime();

    LocalWaits(Limits limits) {
        this.limits = limits;
    }

    void writing() {
        writeBeganNanos = System.nanoTime() | 1; // never 0
    }

    void notWriting() {
        writeBeganNanos = 0;
    }

    void readingBody() {
        bodyReadBeganNanos = System.nanoTime() | 1; // never 0
    }

    void notReadingBody() {
        bodyReadBeganNanos = 0;
    }

    void awaitingHead(boolean awaited) {
        headAwaited = awaited;
    }

    /** The request moved on. */
    void progressed() {
        progressNanos = System.nanoTime();
    }

    /**
     * What has taken too long, null if nothing has.
     *
     * @param requestOver whether nothing more of the request is sent before the head comes
     */
    @Nullable String overdue(long nowNanos, boolean requestOver) {
        long write = writeBeganNanos;
        if (write != 0 && isOver(nowNanos - write, limits.progressTimeout())) {
            return "the local service takes no more of the request";
        }
        long read = bodyReadBeganNanos;
        if (read != 0 && isOver(nowNanos - read, limits.bodyIdle())) {
            return "the local service stopped within its answer";
        }
        if (!headAwaited) {
            return null;
        }
        long since = nowNanos - progressNanos;
        if (requestOver) {
            return isOver(since, limits.responseTimeout())
                    ? "timeout waiting for the local service"
                    : null;
        }
        return isOver(since, limits.progressTimeout())
                ? "the request made no progress for too long"
                : null;
    }

    private static boolean isOver(long nanos, Duration limit) {
        return nanos > limit.toNanos();
    }
}
