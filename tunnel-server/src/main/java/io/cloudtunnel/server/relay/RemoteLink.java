package io.cloudtunnel.server.relay;

import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.server.registry.TunnelLink;

/**
 * The way to a tunnel by way of one of its owners.
 *
 * @param instance the owner
 * @param generation that of its claim: after a new one it may have what it had not before
 */
record RemoteLink(RelayLinks relay, String tunnelId, String instance, long generation)
        implements TunnelLink {

    @Override
    public Exchange open(RequestHead head, long bodyLength)
            throws ExchangeException, InterruptedException {
        RequestHead named =
                head.with(head.fields().toBuilder().add(OwnerUpstream.TUNNEL, tunnelId).build());
        return relay.to(instance).open(named, bodyLength);
    }

    /** Agents of other instances are not known by name. */
    @Override
    public String agent() {
        return "";
    }
}
