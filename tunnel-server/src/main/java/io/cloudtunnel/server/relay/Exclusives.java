package io.cloudtunnel.server.relay;

import io.cloudtunnel.server.registry.LinkRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that of all instances only those serve an exclusive agent's tunnel that have its
 * lease, and only as long as their heartbeat is fresh; docs/relay.md, section 5. {@link #confirms}
 * is for any thread; all else is for the one of {@link Claims}.
 */
final class Exclusives {

    /** For what the clocks of the directory and of this machine may differ by meanwhile. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private static final long FENCE_NANOS = Directory.ALIVE.minus(MARGIN).toNanos();
    private static final Logger LOGGER = System.getLogger(Exclusives.class.getName());

    private final String instance;
    private final Leases leases;
    private final LinkRegistry links;
    private final BiConsumer<String, String> ask;

    /** Tunnel to the agent that this instance serves; bounded by the tunnels that have links. */
    private final Map<String, String> held = new ConcurrentHashMap<>();

    private volatile long fenceNanos = System.nanoTime();

    /**
     * None are held yet.
     *
     * @param ask asks an instance to look whether it still serves a tunnel
     */
    Exclusives(String instance, Leases leases, LinkRegistry links, BiConsumer<String, String> ask) {
        this.instance = instance;
        this.leases = leases;
        this.links = links;
        this.ask = ask;
    }

    /** Whether an agent has a tunnel for itself, and this instance may serve it at this moment. */
    boolean confirms(String tunnelId, String agent) {
        return System.nanoTime() - fenceNanos < 0 && agent.equals(held.get(tunnelId));
    }

    /**
     * A heartbeat has been entered.
     *
     * @param sentNanos when it was sent, at the earliest
     * @param fresh whether what was entered before may be gone: then nothing is held any more
     */
    void beaten(long sentNanos, boolean fresh) {
        if (fresh) {
            held.clear(); // before the fence is moved
        }
        fenceNanos = sentNanos + FENCE_NANOS;
    }

    /**
     * Takes, keeps or gives up a tunnel, as its agents here want it.
     *
     * @return whether it has to be tried again soon
     */
    boolean settle(String tunnelId) throws BrokerException, InterruptedException {
        String agent = links.exclusiveAgent(tunnelId);
        String had = held.get(tunnelId);
        if (had != null && !had.equals(agent)) {
            held.remove(tunnelId);
            leases.giveUp(tunnelId, had, instance, agent != null);
        }
        return agent != null && take(tunnelId, agent);
    }

    private boolean take(String tunnelId, String agent)
            throws BrokerException, InterruptedException {
        return switch (leases.take(tunnelId, agent, instance)) {
            case Leases.Held ignored -> {
                held.put(tunnelId, agent);
                links.recovered(tunnelId); // for those who wait for it
                yield false;
            }
            case Leases.Taken taken -> {
                held.remove(tunnelId);
                taken.by().forEach(each -> ask.accept(each, tunnelId));
                yield true;
            }
            case Leases.Replaced ignored -> {
                held.remove(tunnelId);
                lose(tunnelId, agent);
                yield false;
            }
        };
    }

    private void lose(String tunnelId, String agent) {
        LOGGER.log(Level.INFO, "an exclusive agent of tunnel {0} was replaced", tunnelId);
        links.replaced(tunnelId, agent);
    }

    /** Another instance asks whether this one still serves a tunnel. */
    void asked(String tunnelId) throws BrokerException, InterruptedException {
        Leases.Lease lease = leases.find(tunnelId);
        if (lease == null) {
            return;
        }
        String mine = held.get(tunnelId);
        String winner = winner(lease, mine);
        if (mine != null && !mine.equals(winner)) {
            held.remove(tunnelId); // from now on nothing is sent to it
            lose(tunnelId, mine);
            leases.giveUp(tunnelId, mine, instance, true);
        }
        links.leaveTo(tunnelId, winner);
    }

    /** Who has it already is left alone by others of its kind only if nobody newer has come. */
    private static String winner(Leases.Lease lease, @Nullable String mine) {
        String wanted = lease.wanted();
        boolean leaves = mine == null || mine.equals(lease.agent());
        return wanted != null && leaves ? wanted : lease.agent();
    }

    /**
     * Whether a tunnel that has links here, none of an exclusive agent, belongs to an exclusive one
     * at another instance; then they are replaced.
     */
    boolean isElsewhere(String tunnelId) throws BrokerException, InterruptedException {
        Leases.Lease lease = leases.find(tunnelId);
        if (lease != null) {
            links.leaveTo(tunnelId, lease.agent());
        }
        return lease != null;
    }
}
