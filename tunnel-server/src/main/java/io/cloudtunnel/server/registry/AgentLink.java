package io.cloudtunnel.server.registry;

import io.cloudtunnel.protocol.session.Upstream;
import java.time.Duration;

/** A link of an agent to this instance. Safe for use by several threads. */
public interface AgentLink extends Upstream {

    /** Closes the link because a newer one has taken its place. */
    void replaced();

    /** Takes no more requests, waits for open answers as long as it may, and says goodbye. */
    void leave(Duration atMost) throws InterruptedException;
}
