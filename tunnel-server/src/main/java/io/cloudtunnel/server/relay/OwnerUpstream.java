package io.cloudtunnel.server.relay;

import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.Upstream;
import io.cloudtunnel.server.registry.LinkRegistry;
import io.cloudtunnel.server.registry.TunnelUpstream;

/**
 * What this instance does for others: opens their requests on its own links, and only on these, so
 * that no request takes a second hop.
 */
record OwnerUpstream(LinkRegistry links) implements Upstream {

    /** The field of a relayed request that names its tunnel. */
    static final String TUNNEL = "Cloudtunnel-Tunnel";

    @Override
    public Exchange open(RequestHead head, long bodyLength)
            throws ExchangeException, InterruptedException {
        String tunnelId = head.fields().first(TUNNEL);
        TunnelUpstream tunnel = tunnelId == null ? null : links.find(tunnelId);
        if (tunnel == null) {
            throw new ExchangeException(ErrorCode.AGENT_NOT_CONNECTED, "agent not connected")
                    .untouched();
        }
        RequestHead own = head.with(head.fields().without(TUNNEL));
        try {
            return tunnel.openHere(own, bodyLength);
        } catch (ExchangeException e) {
            return AnsweredExchange.of(e, own);
        }
    }
}
