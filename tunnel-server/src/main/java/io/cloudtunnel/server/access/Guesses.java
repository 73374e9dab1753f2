package io.cloudtunnel.server.access;

import java.time.Duration;
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

    private final Semaphore checks =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
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
        this.nanoTime = nanoTime;
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

    /** Takes a turn to check; false where there are too many who want to. It is given back. */
    boolean tryBegin() throws InterruptedException {
        return checks.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    void end() {
        checks.release();
    }
}
