package io.cloudtunnel.protocol.session;

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

    /** Exchanges that are open. */
    int openExchanges();

    /**
     * Tells the agent that the link ends, where the mode has a way to, and waits until no exchange
     * is open, but not for longer.
     *
     * @return whether that came true
     */
    boolean drain(Duration atMost) throws InterruptedException;

    /** Takes no more requests, and fails those that are open. */
    void end(ExchangeException reason);
}
