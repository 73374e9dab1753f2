package io.cloudtunnel.server.registry;

import io.cloudtunnel.protocol.session.Exchange;

/** An exchange over one of a tunnel's links, for who wants to know which way it took. */
public interface TunnelExchange extends Exchange {

    /** The agent of the link that it is on, as {@link TunnelLink#agent}. */
    String agent();

    /** Whether that is a second link, since the first one failed. */
    boolean wasSentAgain();
}
