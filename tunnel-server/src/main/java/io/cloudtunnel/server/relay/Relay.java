package io.cloudtunnel.server.relay;

import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.protocol.session.Patrol;
import io.cloudtunnel.protocol.session.SessionUpstream;
import io.cloudtunnel.server.registry.LinkRegistry;
import io.cloudtunnel.server.registry.RemoteLinks;
import io.cloudtunnel.server.registry.TunnelLink;
import io.cloudtunnel.server.relay.Directory.Owner;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Joins this instance with others: finds the owners of tunnels, sends requests to them, and serves
 * theirs; docs/relay.md. Safe for use by several threads.
 */
public final class Relay implements RemoteLinks, AutoCloseable {

    private static final long LOOK_MILLIS = 500;

    private final String instance;
    private final Engine engine;
    private final RelayLinks relay;
    private final Owners owners;
    private final Claims claims;

    /**
     * A relay that is not started yet.
     *
     * @param instance the id of this instance
     * @param engine what instances share; closed with this relay
     * @param links the links to this instance
     */
    public Relay(
            String instance,
            Engine engine,
            LinkRegistry links,
            Limits limits,
            MemoryBudget budget,
            Patrol patrol) {
        this.instance = instance;
        this.engine = engine;
        this.relay =
                new RelayLinks(
                        instance,
                        engine.broker(),
                        new OwnerUpstream(links),
                        limits,
                        budget,
                        patrol,
                        this::yieldAsked);
        this.owners = new Owners(engine.directory(), System::nanoTime);
        this.claims = new Claims(instance, engine, links, relay::askToYield);
        links.join(this);
    }

    /** Begins, whether the broker can be reached or not. */
    public void start(ScheduledExecutorService timer) {
        engine.broker().subscribe(instance, relay);
        claims.start();
        var unused =
                timer.scheduleWithFixedDelay(
                        relay::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Whether other instances can be reached, as far as the broker and the directory go. */
    public boolean isAvailable() {
        return engine.broker().isConnected() && claims.isReachable();
    }

    @Override
    public @Nullable TunnelLink choose(String tunnelId, @Nullable TunnelLink not)
            throws ExchangeException, InterruptedException {
        if (!isAvailable()) {
            throw unavailable();
        }
        try {
            List<Owner> all = owners.of(tunnelId, not != null);
            RemoteLink best = best(tunnelId, all, not);
            while (best != null && !isReached(best.instance())) {
                best = best(tunnelId, all, not); // without the one that was not reached
            }
            return best;
        } catch (BrokerException e) {
            throw unavailable();
        }
    }

    /** So a request is given only to who answers; who does not costs it none of its attempts. */
    private boolean isReached(String owner) throws ExchangeException, InterruptedException {
        try {
            SessionUpstream ignored = relay.to(owner);
            return true;
        } catch (ExchangeException e) {
            if (e.code() == ErrorCode.TOO_MANY_STREAMS) {
                throw e;
            }
            return false;
        }
    }

    private @Nullable RemoteLink best(String tunnelId, List<Owner> all, @Nullable TunnelLink not) {
        Owner best = null;
        int bestLoad = 0;
        for (Owner owner : all) {
            if (isCandidate(link(tunnelId, owner), not)) {
                int load = owner.load() + relay.load(owner.instance());
                if (best == null || load < bestLoad) {
                    best = owner;
                    bestLoad = load;
                }
            }
        }
        return best == null ? null : link(tunnelId, best);
    }

    /** One that refused is of no use; one to which the way was lost may serve by another. */
    private boolean isCandidate(RemoteLink link, @Nullable TunnelLink not) {
        String owner = link.instance();
        boolean refused = link.equals(not) && !relay.hasLost(owner);
        return !owner.equals(instance) && !refused && !relay.avoids(owner);
    }

    private RemoteLink link(String tunnelId, Owner owner) {
        return new RemoteLink(relay, tunnelId, owner.instance(), owner.generation());
    }

    private static ExchangeException unavailable() {
        ErrorCode code = ErrorCode.BROKER_UNAVAILABLE;
        return new ExchangeException(code, code.text() + ", and no agent is connected to this one")
                .untouched();
    }

    @Override
    public boolean hadLately(String tunnelId) {
        return owners.hadLately(tunnelId);
    }

    @Override
    public boolean confirms(String tunnelId, String agent) {
        return claims.exclusives().confirms(tunnelId, agent);
    }

    private void yieldAsked(String tunnelId) {
        claims.askedToYield(tunnelId);
    }

    @Override
    public void changed(String tunnelId) {
        claims.changed(tunnelId);
    }

    /** This instance leaves soon: others are to ask another owner where there is one. */
    public void leaving() {
        claims.leaving();
    }

    /** Relay links of this instance; for tests. */
    public int links() {
        return relay.count();
    }

    /** Leaves the directory, and ends what is open. Takes at most 2 s. */
    @Override
    public void close() {
        claims.close();
        relay.close();
        engine.close();
    }
}
