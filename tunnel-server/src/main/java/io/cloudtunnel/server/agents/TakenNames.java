package io.cloudtunnel.server.agents;

import io.cloudtunnel.server.auth.TunnelNames;
import io.cloudtunnel.server.relay.BrokerException;
import io.cloudtunnel.server.relay.Holdings;
import io.cloudtunnel.server.relay.Holdings.Names;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which chosen names somebody has, as far as this instance knows: read once a second, so that a
 * public request for a name asks no store. At most {@link Holdings#MOST_NAMES}. Safe for use by
 * several threads.
 */
public final class TakenNames implements AutoCloseable {

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Logger LOGGER = System.getLogger(TakenNames.class.getName());

    private final @Nullable Holdings holdings;
    private final Predicate<String> linked;
    private final Thread thread;
    private volatile Set<String> taken = ConcurrentHashMap.newKeySet();
    private volatile boolean learned; // all that there were
    private volatile boolean closed;

    /**
     * Nothing is known yet.
     *
     * @param holdings null where no name can be had
     * @param linked whether a tunnel has a link here; does not block
     */
    public TakenNames(@Nullable Holdings holdings, Predicate<String> linked) {
        this.holdings = holdings;
        this.linked = linked;
        this.thread = Thread.ofVirtual().name("tunnel-names").unstarted(this::run);
    }

    /** Begins, whether the store can be reached or not. */
    public void start() {
        if (holdings != null) {
            thread.start();
        }
    }

    /** Whether this is a name that somebody has. Does not block. */
    public boolean isTaken(String name) {
        return taken.contains(name) || (TunnelNames.isName(name) && linked.test(name));
    }

    /** The same, where as long as nothing was learned any name may be. Does not block. */
    public boolean mayBeTaken(String name) {
        return isTaken(name) || (holdings != null && !learned && TunnelNames.isName(name));
    }

    /** This instance has given a name to somebody. */
    void took(String name) {
        taken.add(name);
    }

    /** This instance has freed a name. */
    void freed(String name) {
        taken.remove(name);
    }

    private void run() {
        long version = 0;
        try {
            while (!closed && holdings != null) {
                try {
                    version = look(holdings, version);
                    learned = true;
                } catch (BrokerException e) {
                    version = 0; // it may come back with others
                }
                TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
            }
        } catch (InterruptedException e) {
            LOGGER.log(Level.TRACE, "closed", e);
        }
    }

    private long look(Holdings from, long since) throws BrokerException, InterruptedException {
        Names changes = from.names(since);
        Set<String> now = changes.fresh() ? ConcurrentHashMap.newKeySet() : taken;
        enter(changes, now);
        while (changes.more()) {
            changes = from.names(changes.version());
            if (changes.fresh()) {
                now = ConcurrentHashMap.newKeySet();
            }
            enter(changes, now);
        }
        taken = now;
        return changes.version();
    }

    private static void enter(Names changes, Set<String> into) {
        into.addAll(changes.taken());
        into.removeAll(changes.freed());
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
