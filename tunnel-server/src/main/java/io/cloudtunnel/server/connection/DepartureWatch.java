package io.cloudtunnel.server.connection;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a client leaves while its request is being answered: by reading ahead, in a thread
 * of its own, once the answer has taken longer than a moment. That thread may outlive the request,
 * until the next byte has come, and then serves the next one.
 *
 * <p>A client that only ends its own direction counts as gone, as with most proxies.
 */
final class DepartureWatch {

    private static final Logger LOGGER = System.getLogger(DepartureWatch.class.getName());
    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final WatchedInput in;
    private final ReentrantLock lock = new ReentrantLock(); // guards what follows
    private @Nullable Runnable onGone; // null while nobody is to be told
    private long sinceNanos;
    private boolean watching; // there is a thread, at most one
    private boolean gone;

    DepartureWatch(WatchedInput in) {
        this.in = in;
    }

    /** From now on nobody reads; {@code action} is run, at most once, if the client leaves. */
    void begin(Runnable action) {
        boolean already;
        lock.lock();
        try {
            onGone = action;
            sinceNanos = System.nanoTime();
            already = gone;
        } finally {
            lock.unlock();
        }
        if (already) {
            tell();
        }
    }

    /** Nobody is told any more, and the input may be read again. */
    void end() {
        lock.lock();
        try {
            onGone = null;
        } finally {
            lock.unlock();
        }
    }

    /** Begins to read ahead where it is time; for the patrol. */
    void look(long nowNanos) {
        lock.lock();
        try {
            if (onGone != null && !watching && nowNanos - sinceNanos > MOMENT_NANOS) {
                watching = true;
                var unused = Thread.ofVirtual().name("tunnel-departure").start(this::watch);
            }
        } finally {
            lock.unlock();
        }
    }

    private void watch() {
        try {
            while (goesOn() && in.readAhead()) {
                // what comes is kept for whoever reads
            }
        } catch (IOException e) {
            LOGGER.log(Level.TRACE, "the client has gone", e);
            tell();
        } finally {
            ended();
        }
    }

    private void ended() {
        lock.lock();
        try {
            watching = false;
        } finally {
            lock.unlock();
        }
    }

    private boolean goesOn() {
        lock.lock();
        try {
            return onGone != null;
        } finally {
            lock.unlock();
        }
    }

    private void tell() {
        Runnable action;
        lock.lock();
        try {
            gone = true;
            action = onGone;
            onGone = null;
        } finally {
            lock.unlock();
        }
        if (action != null) {
            action.run();
        }
    }
}
