package io.cloudtunnel.server.registry;

import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.protocol.session.Upstream;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All links of a tunnel as one upstream: chooses a link for each request, and sends a request again
 * on another one where that is safe. Safe for use by several threads.
 */
public final class TunnelUpstream implements Upstream {

    private final String id;
    private final LinkRegistry registry;
    private final MemoryBudget budget;
    private final TunnelLinks links;
    private final TakeOver owner = new TakeOver();
    private final boolean elsewhere;

    TunnelUpstream(String id, LinkRegistry registry, MemoryBudget budget) {
        this(id, registry, budget, false);
    }

    private TunnelUpstream(
            String id, LinkRegistry registry, MemoryBudget budget, boolean elsewhere) {
        this.id = id;
        this.registry = registry;
        this.budget = budget;
        this.elsewhere = elsewhere;
        this.links = new TunnelLinks(link -> registry.mayServe(id, link));
    }

    /** A tunnel that has links at other instances only. */
    static TunnelUpstream elsewhere(String id, LinkRegistry registry, MemoryBudget budget) {
        return new TunnelUpstream(id, registry, budget, true);
    }

    TunnelLinks links() {
        return links;
    }

    TakeOver owner() {
        return owner;
    }

    /** Of links of both modes, one that passes them on gets the requests that ask for them. */
    @Override
    public boolean carriesInterim() {
        return elsewhere || links.carriesInterim(); // other instances do what their links do not
    }

    @Override
    public TunnelExchange open(RequestHead head, long bodyLength)
            throws ExchangeException, InterruptedException {
        return open(head, bodyLength, action -> {});
    }

    @Override
    public TunnelExchange open(RequestHead head, long bodyLength, Consumer<Runnable> onGone)
            throws ExchangeException, InterruptedException {
        UntilGone client = new UntilGone(onGone);
        TunnelLink link = links.choose(head, bodyLength);
        if (link == null) {
            link = registry.remotely(id, null);
        }
        if (link == null) { // it has just gone
            link = registry.awaitLink(id, now -> now.links.choose(head, bodyLength), null, client);
        }
        if (link == null) {
            throw client.failure(notConnected());
        }
        try {
            return new RetryingExchange(this, budget, head, bodyLength, link, false);
        } catch (ExchangeException e) {
            ExchangeException unsent = e.untouched(); // that is what open() promises
            TunnelLink other =
                    SendingAgain.isAllowed(unsent, head, bodyLength)
                            ? another(head, bodyLength, link, unsent, client)
                            : null;
            if (other == null) {
                throw client.failure(e);
            }
            return new RetryingExchange(this, budget, head, bodyLength, other, true);
        }
    }

    /**
     * Begins an exchange for another instance: on a link to this one, and never sent again, since
     * that is for the instance that asks.
     *
     * @throws ExchangeException if it cannot begin; then nothing of the request was sent
     */
    public Exchange openHere(RequestHead head, long bodyLength)
            throws ExchangeException, InterruptedException {
        AgentLink link = links.choose(head, bodyLength);
        if (link == null) {
            throw notConnected().untouched();
        }
        return link.carriesInterim()
                ? link.open(head, bodyLength)
                : ContinuedExchange.open(link, head, bodyLength);
    }

    /**
     * Another link for a request that could not be served; waits for one where the tunnel has none.
     *
     * @param not the link that the request was on
     * @param why what became of it there
     * @param waits is told of the wait, so that it can be cancelled
     * @return null if there is none
     * @throws ExchangeException if it was at another instance, and these cannot be asked any more
     */
    @Nullable TunnelLink another(
            RequestHead head, long bodyLength, TunnelLink not, ExchangeException why, OnWait waits)
            throws ExchangeException, InterruptedException {
        // What is wrong with its local service is wrong on all links of an agent.
        boolean sameElsewhere = why.code() == ErrorCode.LOCAL_UNREACHABLE;
        Predicate<AgentLink> other =
                one -> !one.equals(not) && !(sameElsewhere && one.agent().equals(not.agent()));
        boolean gone =
                why.code() == ErrorCode.AGENT_NOT_CONNECTED
                        || why.code() == ErrorCode.OUTCOME_UNKNOWN;
        TunnelLink found = null;
        if (gone) { // an agent that dies loses its links one after the other
            Predicate<AgentLink> another = one -> one.isReady() && !one.agent().equals(not.agent());
            found = links.choose(head, bodyLength, other.and(another));
        }
        if (found == null) {
            found = links.choose(head, bodyLength, other);
        }
        if (found == null && !sameElsewhere) {
            found = remotely(not);
        }
        if (found != null || !gone) {
            return found;
        }
        return registry.awaitLink(
                id, tunnel -> tunnel.links.choose(head, bodyLength, other), not, waits);
    }

    private @Nullable TunnelLink remotely(TunnelLink not)
            throws ExchangeException, InterruptedException {
        try {
            return registry.remotely(id, not);
        } catch (ExchangeException e) {
            if (not instanceof AgentLink) { // whose agent may come back to this instance
                return null;
            }
            throw e;
        }
    }

    /** Who has to know of a wait. */
    interface OnWait {
        void waiting(Bridge.Wait wait);
    }

    static ExchangeException notConnected() {
        return new ExchangeException(ErrorCode.AGENT_NOT_CONNECTED, "agent not connected");
    }
}
