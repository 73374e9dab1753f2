package io.cloudtunnel.server.connection;

import io.cloudtunnel.protocol.http.HttpInput;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a client leaves while its request is being answered: by reading ahead, in a thread
 * of its own, once the answer has taken longer than a moment. What is read stays in the input's
 * buffer.
 *
 * <p>A client that only ends its own direction counts as gone, as with most proxies.
 */
final class DepartureWatch {

    private static final Logger LOGGER = System.getLogger(DepartureWatch.class.getName());
    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final HttpInput in;
    private final ReentrantLock lock = new ReentrantLock(); // guards what follows
    private @Nullable Runnable onGone; // null while nobody is to be told
    private long sinceNanos;
    private @Nullable Thread watcher; // at most one, until joined
    private boolean gone;

    DepartureWatch(HttpInput in) {
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

    /** Nobody is told any more. */
    void end() {
        lock.lock();
        try {
            onGone = null;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nobody else reads: for the next byte, or the end, if a thread waits for it. */
    void join() throws InterruptedException {
        Thread reading;
        lock.lock();
        try {
            onGone = null;
            reading = watcher;
            watcher = null;
        } finally {
            lock.unlock();
        }
        if (reading != null) {
            reading.join();
        }
    }

    /** Begins to read ahead where it is time; for the patrol. */
    void look(long nowNanos) {
        lock.lock();
        try {
            if (onGone != null && watcher == null && nowNanos - sinceNanos > MOMENT_NANOS) {
                watcher = Thread.ofVirtual().name("tunnel-departure").start(this::watch);
            }
        } finally {
            lock.unlock();
        }
    }

    private void watch() {
        try {
            boolean more = in.awaitMore();
            while (more && isWatching()) {
                more = in.awaitMore();
            }
        } catch (IOException e) {
            LOGGER.log(Level.TRACE, "the client has gone", e);
            tell();
        }
    }

    private boolean isWatching() {
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
