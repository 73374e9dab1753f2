package io.cloudtunnel.agent.local;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections that have nothing to do: the one used last is the first to be used again, so that
 * what a burst of requests opened and nobody needs any more goes idle and is closed. Safe for use
 * by several threads; its monitor is held over memory only.
 */
final class LocalPool {

    static final long IDLE_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final int most;
    private final Deque<LocalConnection> idle = new ArrayDeque<>(); // bounded by most
    private boolean closed;

    LocalPool(int most) {
        this.most = most;
    }

    /** A connection that the service has kept open, or null. */
    @Nullable LocalConnection take() {
        while (true) {
            LocalConnection candidate;
            synchronized (idle) {
                candidate = idle.pollLast();
            }
            if (candidate == null || candidate.usable(System.nanoTime())) {
                return candidate;
            }
            candidate.close();
        }
    }

    /** Keeps a connection for another request, or closes it. */
    void give(LocalConnection connection) {
        connection.idle(System.nanoTime());
        synchronized (idle) {
            if (!closed && idle.size() < most) {
                idle.addLast(connection);
                return;
            }
        }
        connection.close();
    }

    /** Closes what nobody has used for a minute. */
    void closeIdle(long nowNanos) {
        List<LocalConnection> old = new ArrayList<>();
        synchronized (idle) {
            while (!idle.isEmpty()
                    && nowNanos - idle.getFirst().idleSinceNanos() > IDLE_LIMIT_NANOS) {
                old.add(idle.removeFirst());
            }
        }
        old.forEach(LocalConnection::close);
    }

    /** Closes all; none is kept from now on. */
    void close() {
        List<LocalConnection> all;
        synchronized (idle) {
            closed = true;
            all = List.copyOf(idle);
            idle.clear();
        }
        all.forEach(LocalConnection::close);
    }

    int size() {
        synchronized (idle) {
            return idle.size();
        }
    }
}
