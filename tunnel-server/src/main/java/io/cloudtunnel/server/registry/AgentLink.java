package io.cloudtunnel.server.registry;

import io.cloudtunnel.server.access.Guard;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A link of an agent to this instance. Safe for use by several threads; what a choice among links
 * asks for takes no lock and does not wait.
 */
public interface AgentLink extends TunnelLink {

    /** Whether it is to get requests: it lives, and neither end is about to leave. */
    boolean takesRequests();

    /**
     * Whether its agent can be sent a request at once: it has said hello, and may have one more.
     */
    boolean isReady();

    /** Requests that are open on it. */
    int openExchanges();

    /** When it was opened, by {@code System.nanoTime()}. */
    long openedNanos();

    /** Whether {@link #agent} is what it says of itself; always so in JSON mode. */
    boolean isKnown();

    /** Who may use the tunnel, as its agent has said; null if it has not, or says nothing. */
    @Nullable Guard guard();

    /** Whether its agent wants the tunnel for itself. */
    boolean isExclusive();

    /**
     * Closes the link once it has done its work: it gets no more, since another takes its place.
     */
    void replaced();

    /** Tells the agent that the server leaves in so long; requests are taken as before. */
    void announceLeaving(Duration left);

    /** Takes no more requests, waits for open answers as long as it may, and says goodbye. */
    void leave(Duration atMost) throws InterruptedException;
}
