package io.cloudtunnel.protocol.session;

import java.io.IOException;
import java.time.Duration;

/** The agent's side of a link, in either wire mode. Safe for use by several threads. */
public interface LinkResponder {

    /**
     * Carries out requests until the link ends.
     *
     * @throws IOException if the link broke, or the peer violated the protocol
     */
    void serve() throws IOException;

    /**
     * Takes no more requests, and waits until those that are open are answered, but not for longer.
     *
     * @return whether that came true
     */
    boolean drain(Duration atMost) throws InterruptedException;
}
