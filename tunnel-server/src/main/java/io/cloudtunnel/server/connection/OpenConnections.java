package io.cloudtunnel.server.connection;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The connections of a listener, of which there may be so many: each has a file descriptor, and
 * where there is none left for a next one, Helidon's listener ends. So the thread that accepts
 * makes place first, by closing those that are idle the longest, and waits for it a little. Agents'
 * links are among them, but never idle. Safe for use by several threads; one accepts.
 */
public final class OpenConnections {

    /** For connections that are all busy. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Handshakes end without a signal. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long WARN_EACH_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Of all, so that not each new connection has to look through them. */
    private static final int SHARE_OF_IDLE = 16;

    private static final Logger LOGGER = System.getLogger(OpenConnections.class.getName());

    /** A connection that waits for a request, and for how long it has. */
    record Idle(PublicConnection connection, Duration time) {}

    private final int most;
    private final Set<PublicConnection> begun = ConcurrentHashMap.newKeySet(); // most
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private volatile boolean waited; // for a place
    private long warnedAt = System.nanoTime() - WARN_EACH_NANOS; // of the thread that accepts

    /** At most so many at a time, those included that are about to begin. */
    public OpenConnections(int most) {
        this.most = most;
    }

    void add(PublicConnection connection) {
        begun.add(connection);
    }

    void remove(PublicConnection connection) {
        begun.remove(connection);
        if (waited) {
            lock.lock();
            try {
                ended.signal();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Whether there is a place for one more, within a second at most. */
    boolean hasPlace(AcceptedSockets beginning) throws InterruptedException {
        if (isPlace(beginning)) {
            return true;
        }
        beginning.forgetClosed();
        if (isPlace(beginning)) {
            return true;
        }
        warn();
        endIdle();
        long end = System.nanoTime() + PATIENCE_NANOS;
        lock.lock();
        waited = true;
        try {
            while (!isPlace(beginning)) {
                if (end - System.nanoTime() <= 0) {
                    return false;
                }
                long unused = ended.awaitNanos(LOOK_NANOS);
                beginning.forgetClosed();
            }
            return true;
        } finally {
            waited = false;
            lock.unlock();
        }
    }

    private boolean isPlace(AcceptedSockets beginning) {
        return begun.size() + beginning.count() < most;
    }

    private void endIdle() {
        List<Idle> idle =
                begun.stream()
                        .flatMap(connection -> connection.idle().stream())
                        .sorted(Comparator.comparing(Idle::time).reversed())
                        .limit(Math.max(1, most / SHARE_OF_IDLE))
                        .toList();
        idle.forEach(each -> each.connection().endIfIdle());
    }

    private void warn() {
        long now = System.nanoTime();
        if (now - warnedAt >= WARN_EACH_NANOS) {
            warnedAt = now;
            LOGGER.log(
                    Level.WARNING,
                    "as many connections are open as the limit on open files has place for, {0}:"
                            + " the ones that are idle the longest are closed. Raise that limit"
                            + " (ulimit -n, LimitNOFILE of systemd, --ulimit nofile of Docker)",
                    Integer.toString(most));
        }
    }
}
