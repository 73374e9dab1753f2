package io.cloudtunnel.server.agents;

import io.cloudtunnel.server.relay.BrokerException;
import io.cloudtunnel.server.relay.SecretStore;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which tunnels nobody has used for so long that they are over; docs/relay.md, "Idle tunnels". Safe
 * for use by several threads.
 */
final class IdleTunnels {

    /** So often within the expiry it is noted that a tunnel still has links. */
    private static final int NOTES = 10;

    /**
     * Tunnels that are waiting to be noted: while the store is away, others may come and go without
     * end. What finds no room is noted with all that have links.
     */
    private static final int MOST_CHANGED = 100_000;

    private final Duration expiry;
    private final Clock clock;
    private final Set<String> changed = ConcurrentHashMap.newKeySet(); // MOST_CHANGED, about
    private long notedMillis; // of the thread that notes

    /**
     * None is over yet.
     *
     * @param expiry zero for never
     */
    IdleTunnels(Duration expiry, Clock clock) {
        this.expiry = expiry;
        this.clock = clock;
    }

    /** A link of a tunnel has come or gone. */
    void changed(String tunnelId) {
        if (!expiry.isZero() && changed.size() < MOST_CHANGED) {
            changed.add(tunnelId);
        }
    }

    /**
     * Notes which tunnels are used. For one thread, often.
     *
     * @param live those that have links
     */
    void note(SecretStore store, Collection<String> live)
            throws BrokerException, InterruptedException {
        if (expiry.isZero()) {
            return;
        }
        long now = clock.millis();
        Collection<String> used = Set.copyOf(changed);
        boolean all = now - notedMillis >= expiry.toMillis() / NOTES;
        if (all) {
            used = new HashSet<>(used);
            used.addAll(live);
        }
        if (!used.isEmpty()) {
            store.used(used, expiry);
        }
        notedMillis = all ? now : notedMillis;
        changed.removeAll(used);
    }

    /**
     * Whether a tunnel's time is over.
     *
     * @param issuedSeconds when the secret was issued by which it is asked for, since 1970
     */
    boolean isOver(SecretStore store, String tunnelId, long issuedSeconds)
            throws BrokerException, InterruptedException {
        if (expiry.isZero()) {
            return false;
        }
        long since = clock.millis() - expiry.toMillis();
        return issuedSeconds * 1000 < since && store.lastUsedMillis(tunnelId) < since;
    }
}
