package io.cloudtunnel.server.connection;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Looks after all connections a few times a second, so that deadlines and watching for clients that
 * leave cost a request nothing but a write to a variable. Safe for use by several threads.
 */
public final class Patrol {

    private static final Logger LOGGER = System.getLogger(Patrol.class.getName());
    private static final Duration ROUND = Duration.ofMillis(200);

    /** What is looked after; {@link #look} neither waits nor throws. */
    interface Guarded {
        void look(long nowNanos);
    }

    private final Set<Guarded> guarded = ConcurrentHashMap.newKeySet(); // the open connections

    /** Begins; it ends with the timer. */
    public Patrol(ScheduledExecutorService timer) {
        var unused =
                timer.scheduleWithFixedDelay(
                        this::round, ROUND.toMillis(), ROUND.toMillis(), TimeUnit.MILLISECONDS);
    }

    void add(Guarded connection) {
        guarded.add(connection);
    }

    void remove(Guarded connection) {
        guarded.remove(connection);
    }

    private void round() {
        long now = System.nanoTime();
        for (Guarded connection : guarded) {
            try {
                connection.look(now);
            } catch (RuntimeException e) { // else it was the last round of all
                LOGGER.log(Level.ERROR, "a connection could not be looked after", e);
            }
        }
    }
}
