package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.session.Upstream;

/** Where an agent's requests go, for as long as the agent lives. */
public interface LocalUpstream extends Upstream, AutoCloseable {

    /** Ends what is open. */
    @Override
    void close();
}
