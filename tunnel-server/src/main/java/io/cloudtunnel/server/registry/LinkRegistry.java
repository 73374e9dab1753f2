package io.cloudtunnel.server.registry;

import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.server.access.Guard;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which tunnels have links to this instance. Links in binary mode stand beside each other, also
 * those of several agents; of those in JSON mode a newer one takes over. Safe for use by several
 * threads.
 */
public final class LinkRegistry {

    private final Map<String, TunnelUpstream> tunnels = new ConcurrentHashMap<>(); // by places
    private final Semaphore places;
    private final int mostLinks;
    private final Bridge bridge;
    private final MemoryBudget budget;
    private volatile @Nullable RemoteLinks remote; // null where this instance is alone

    /**
     * A registry for so many links.
     *
     * @param bridge lets requests wait for a link
     * @param budget the memory for what is kept of requests, to send them again
     */
    public LinkRegistry(int mostLinks, Bridge bridge, MemoryBudget budget) {
        this.mostLinks = mostLinks;
        this.places = new Semaphore(mostLinks);
        this.bridge = bridge;
        this.budget = budget;
    }

    /** From now on requests also find links that other instances hold. */
    public void join(RemoteLinks others) {
        remote = others;
    }

    /** Takes a place for a link that is being opened; false where there is none left. */
    public boolean tryReserve() {
        return places.tryAcquire();
    }

    /** Gives back a place, whether a link took it or not. */
    public void release() {
        places.release();
    }

    /**
     * Waits until no place is taken, but not for longer; says whether that came true. Meanwhile
     * nobody gets a place, so it is for a server that leaves.
     */
    public boolean awaitEmpty(Duration atMost) throws InterruptedException {
        if (!places.tryAcquire(mostLinks, atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        places.release(mostLinks);
        return true;
    }

    /** The most links that there may be. */
    public int mostLinks() {
        return mostLinks;
    }

    /** Adds a link to those of its tunnel. One in JSON mode takes the place of another such one. */
    public void add(String tunnelId, AgentLink link) {
        TunnelUpstream tunnel =
                tunnels.compute(
                        tunnelId,
                        (id, now) -> {
                            TunnelUpstream of =
                                    now == null ? new TunnelUpstream(id, this, budget) : now;
                            of.links().add(link);
                            return of;
                        });
        if (!link.carriesInterim()) {
            tunnel.owner().json(link, tunnel.links());
        }
        bridge.arrived(tunnelId);
        changed(tunnelId);
    }

    private void changed(String tunnelId) {
        RemoteLinks others = remote;
        if (others != null) {
            others.changed(tunnelId);
        }
    }

    /** The agent of a link in binary mode has said who it is. */
    public void greeted(String tunnelId, AgentLink link) {
        TunnelUpstream tunnel = tunnels.get(tunnelId);
        if (tunnel != null) {
            tunnel.owner().greeted(link, tunnel.links().all());
            if (remote != null) { // before it said who it is it may not have been sent any
                bridge.arrived(tunnelId);
                changed(tunnelId);
            }
        }
    }

    /**
     * Whether a link's agent may be sent requests. Where there are other instances it may not while
     * it has not said whether it wants the tunnel for itself, nor, if it does, while it has not got
     * it. Does not block.
     */
    boolean mayServe(String tunnelId, AgentLink link) {
        RemoteLinks others = remote;
        if (others == null) {
            return true;
        }
        return link.isKnown() && (!link.isExclusive() || others.confirms(tunnelId, link.agent()));
    }

    /** The agent that wants a tunnel for itself, of those of this instance; null if none does. */
    public @Nullable String exclusiveAgent(String tunnelId) {
        TunnelUpstream tunnel = tunnels.get(tunnelId);
        return tunnel == null ? null : tunnel.owner().exclusive(tunnel.links().all());
    }

    /** An agent, here or elsewhere, has a tunnel for itself: all others are replaced. */
    public void leaveTo(String tunnelId, String agent) {
        elsewhere(tunnelId, link -> !(link.carriesInterim() && link.agent().equals(agent)));
    }

    /** An agent has lost a tunnel to a newer one: it is replaced. */
    public void replaced(String tunnelId, String agent) {
        elsewhere(tunnelId, link -> link.carriesInterim() && link.agent().equals(agent));
    }

    private void elsewhere(String tunnelId, Predicate<AgentLink> loses) {
        TunnelUpstream tunnel = tunnels.get(tunnelId);
        if (tunnel != null) {
            tunnel.owner().elsewhere(tunnel.links().all(), loses);
        }
    }

    /** A tunnel has a link that gets requests, which it did not for a while. */
    public void recovered(String tunnelId) {
        bridge.arrived(tunnelId);
    }

    /** Forgets a link. */
    public void remove(String tunnelId, AgentLink link) {
        TunnelUpstream left =
                tunnels.computeIfPresent(
                        tunnelId, (id, now) -> now.links().remove(link) ? null : now);
        if (left == null) {
            bridge.left(tunnelId);
        }
        if (left == null || link.isExclusive()) {
            changed(tunnelId);
        }
    }

    /** The links of a tunnel to this instance, null if none of them can be used. */
    public @Nullable TunnelUpstream find(String tunnelId) {
        TunnelUpstream tunnel = tunnels.get(tunnelId);
        return tunnel == null || tunnel.links().usable() == 0 ? null : tunnel;
    }

    /**
     * The links of a tunnel that has none here that can be used: those of other instances, or else
     * waits for one, as long as there is hope.
     *
     * @param onGone takes what has to be done if the client leaves meanwhile
     * @throws ExchangeException if none came, the client has left, or other instances cannot be
     *     asked
     */
    public TunnelUpstream await(String tunnelId, Consumer<Runnable> onGone)
            throws ExchangeException, InterruptedException {
        if (remotely(tunnelId, null) != null) {
            return TunnelUpstream.elsewhere(tunnelId, this, budget);
        }
        UntilGone client = new UntilGone(onGone);
        TunnelUpstream found = awaitAny(tunnelId, this::findAnywhere, client);
        if (found == null) {
            throw client.failure(TunnelUpstream.notConnected());
        }
        return found;
    }

    private @Nullable TunnelUpstream findAnywhere(String tunnelId) throws InterruptedException {
        TunnelUpstream here = find(tunnelId);
        return here != null || remotelyIfKnown(tunnelId, null) == null
                ? here
                : TunnelUpstream.elsewhere(tunnelId, this, budget);
    }

    /**
     * What leads to a tunnel by way of another instance, null if nothing does.
     *
     * @param not what has failed just now
     * @throws ExchangeException if other instances cannot be asked
     */
    @Nullable TunnelLink remotely(String tunnelId, @Nullable TunnelLink not)
            throws ExchangeException, InterruptedException {
        RemoteLinks others = remote;
        return others == null ? null : others.choose(tunnelId, not);
    }

    /** The same for who has other hopes. */
    @Nullable TunnelLink remotelyIfKnown(String tunnelId, @Nullable TunnelLink not)
            throws InterruptedException {
        try {
            return remotely(tunnelId, not);
        } catch (ExchangeException e) {
            return null;
        }
    }

    /**
     * A link of a tunnel, by a choice that gave none so far, or another instance's; null if none
     * came.
     *
     * @param not what has failed just now
     */
    @Nullable TunnelLink awaitLink(
            String tunnelId,
            Function<TunnelUpstream, @Nullable AgentLink> choice,
            @Nullable TunnelLink not,
            TunnelUpstream.OnWait waits)
            throws InterruptedException {
        return awaitAny(
                tunnelId,
                id -> {
                    TunnelUpstream tunnel = tunnels.get(id);
                    AgentLink here = tunnel == null ? null : choice.apply(tunnel);
                    return here != null ? here : remotelyIfKnown(id, not);
                },
                waits);
    }

    private interface Look<T> {
        @Nullable T at(String tunnelId) throws InterruptedException;
    }

    private <T> @Nullable T awaitAny(String tunnelId, Look<T> look, TunnelUpstream.OnWait waits)
            throws InterruptedException {
        RemoteLinks others = remote;
        boolean hope =
                tunnels.containsKey(tunnelId) || (others != null && others.hadLately(tunnelId));
        long step = others == null ? Long.MAX_VALUE : RemoteLinks.LOOK_AGAIN_MILLIS;
        try (Bridge.Wait wait = bridge.begin(tunnelId, hope)) {
            if (wait.isOver()) {
                return null;
            }
            waits.waiting(wait);
            T found = look.at(tunnelId); // it may have come meanwhile
            while (found == null && wait.await(step)) {
                found = look.at(tunnelId);
            }
            return wait.isCancelled() ? null : found;
        }
    }

    /** From now on nobody waits for a link. */
    public void stopWaiting() {
        bridge.close();
    }

    /** How many requests wait for a link; for tests. */
    public int waiting() {
        return bridge.waiting();
    }

    /** How many links of a tunnel the public reaches from here; by others, one counts. */
    public int reachable(String tunnelId) throws InterruptedException {
        int here = usable(tunnelId);
        return here > 0 || remotelyIfKnown(tunnelId, null) == null ? here : 1;
    }

    /** How many links of a tunnel to this instance get requests. */
    public int usable(String tunnelId) {
        TunnelUpstream tunnel = tunnels.get(tunnelId);
        return tunnel == null ? 0 : tunnel.links().usable();
    }

    /** The links of a tunnel to this instance at this moment. */
    public List<AgentLink> linksOf(String tunnelId) {
        TunnelUpstream tunnel = tunnels.get(tunnelId);
        return tunnel == null ? List.of() : tunnel.links().all();
    }

    /** Who may use a tunnel, as the agents of its links to this instance have said. */
    public List<Guard> guards(String tunnelId) {
        TunnelUpstream tunnel = tunnels.get(tunnelId);
        return tunnel == null ? List.of() : tunnel.links().guards();
    }

    /** The tunnels that have links to this instance at this moment. */
    public Set<String> tunnels() {
        return Set.copyOf(tunnels.keySet());
    }

    /** Requests that are open on links to this instance. */
    public int openExchanges() {
        int open = 0;
        for (AgentLink link : all()) {
            open += link.openExchanges();
        }
        return open;
    }

    /** All links at this moment. */
    public List<AgentLink> all() {
        return tunnels.values().stream().flatMap(tunnel -> tunnel.links().all().stream()).toList();
    }
}
