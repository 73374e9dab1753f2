package io.cloudtunnel.server.access;

import io.cloudtunnel.protocol.http.IpAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps passwords from being guessed, and guesses from taking all of the CPU. Safe for use by
 * several threads.
 */
final class Guesses {

    /** Wrong guesses of one client within a minute. */
    static final int MOST = 10;

    /** Clients that are remembered; beyond it the one that guessed first is forgotten. */
    static final int MOST_CLIENTS = 10_000;

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final long WAIT_SECONDS = 2;
    private static final IpAddress UNKNOWN = new IpAddress(0, 0);

    private static final int GROUPS = 256;

    private final Semaphore checks; // whoever waits longest is next
    private final Semaphore[] groups = new Semaphore[GROUPS];
    private final LongSupplier nanoTime;
    private final Map<IpAddress, Wrong> clients = // guarded by itself; the first guess first
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.@Nullable Entry<IpAddress, Wrong> eldest) {
                    return size() > MOST_CLIENTS;
                }
            };

    private record Wrong(long sinceNanos, int count) {}

    Guesses(LongSupplier nanoTime) {
        this(nanoTime, Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    Guesses(LongSupplier nanoTime, int atATime) {
        this.nanoTime = nanoTime;
        this.checks = new Semaphore(atATime, true);
        Arrays.setAll(groups, i -> new Semaphore(1, true));
    }

    private static IpAddress key(@Nullable IpAddress client) {
        return client == null ? UNKNOWN : client.client();
    }

    /** For how many seconds a client may not guess any more; 0 where it may. */
    int barredSeconds(@Nullable IpAddress client) {
        long now = nanoTime.getAsLong();
        synchronized (clients) {
            Wrong wrong = clients.get(key(client));
            if (wrong == null) {
                return 0;
            }
            long left = WINDOW.toNanos() - (now - wrong.sinceNanos());
            if (left <= 0) {
                clients.remove(key(client));
                return 0;
            }
            return wrong.count() < MOST ? 0 : (int) (left / 1_000_000_000L) + 1;
        }
    }

    /** A client has guessed wrong. */
    void wrong(@Nullable IpAddress client) {
        synchronized (clients) {
            clients.merge(
                    key(client),
                    new Wrong(nanoTime.getAsLong(), 1),
                    (old, first) -> new Wrong(old.sinceNanos(), old.count() + 1));
        }
    }

    /**
     * Waits for a turn to check, for 4 s at most. One policy has one at a time, so that those who
     * guess at one tunnel leave turns to the others.
     */
    Turn turn(String policy) throws InterruptedException {
        Semaphore group = groups[Math.floorMod(policy.hashCode(), GROUPS)];
        if (!group.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
            return Turn.NONE;
        }
        boolean taken = false;
        try {
            taken = checks.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS);
        } finally {
            if (!taken) {
                group.release();
            }
        }
        return taken ? new Turn(checks, group) : Turn.NONE;
    }

    /**
     * A turn to check.
     *
     * @param check null, as the other one, where there were too many who wanted one
     */
    record Turn(@Nullable Semaphore check, @Nullable Semaphore group) implements AutoCloseable {
        private static final Turn NONE = new Turn(null, null);

        boolean has() {
            return check != null;
        }

        @Override
        public void close() {
            if (check != null && group != null) {
                check.release();
                group.release();
            }
        }
    }
}
