package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Reason;
import java.io.IOException;
import java.time.Duration;

/** The server's side of a link, in either wire mode. Safe for use by several threads. */
public interface LinkUpstream extends Upstream {

    /**
     * Receives until the link ends. Exchanges that are open then fail.
     *
     * @throws IOException if the link broke, or the peer violated the protocol
     */
    void serve() throws IOException;

    /** Whether requests can be sent. */
    boolean isReady();

    /** Waits until the agent has said who it is, where the mode has a way to; for 5 s at most. */
    default void awaitHello() throws InterruptedException {}

    /** Whether the agent may have one more request open; takes no lock. */
    boolean hasRoom();

    /** Exchanges that are open. */
    int openExchanges();

    /** Whether a request could be opened, once the agent is ready; takes no lock. */
    boolean takesRequests();

    /** Takes no more requests; those that are open go on. */
    void stop();

    /**
     * The link's time is nearly over: the same, and the agent is told where the mode has a way to.
     *
     * @param left until what is open then is reset
     */
    default void retire(Duration left) {
        stop();
    }

    /**
     * Tells the agent, where the mode has a way to, that the server leaves; requests are taken as
     * before.
     *
     * @param left until the link ends
     */
    default void announce(Duration left) {}

    /**
     * Tells the agent that the link ends, where the mode has a way to, and waits until no exchange
     * is open, but not for longer.
     *
     * @param reason with {@code DRAINING} requests may still be taken meanwhile
     * @return whether that came true
     */
    boolean drain(Duration atMost, Reason reason) throws InterruptedException;

    /** The same for a server that leaves. */
    default boolean drain(Duration atMost) throws InterruptedException {
        return drain(atMost, Reason.DRAINING);
    }

    /** Takes no more requests, and resets those that are open: the link's time is over. */
    void expire();

    /** Takes no more requests, and fails those that are open. */
    void end(ExchangeException reason);
}
