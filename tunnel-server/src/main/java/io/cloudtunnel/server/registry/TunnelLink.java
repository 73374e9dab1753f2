package io.cloudtunnel.server.registry;

import io.cloudtunnel.protocol.session.Upstream;

/**
 * What a request of a tunnel can be sent on: a link to this instance, or one that another instance
 * holds. Safe for use by several threads.
 */
public interface TunnelLink extends Upstream {

    /**
     * Which agent's it is, the same for all links of one; empty while it is not known, and in JSON
     * mode.
     */
    String agent();
}
