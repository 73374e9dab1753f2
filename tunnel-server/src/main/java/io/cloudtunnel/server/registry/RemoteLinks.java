package io.cloudtunnel.server.registry;

import io.cloudtunnel.protocol.session.ExchangeException;
import org.jspecify.annotations.Nullable;

/** The links that other instances hold; docs/relay.md. Safe for use by several threads. */
public interface RemoteLinks {

    /** How long who waits for a link lets pass between two looks. */
    long LOOK_AGAIN_MILLIS = 200;

    /**
     * The best way to a tunnel by way of another instance, null if there is none.
     *
     * @param not what has failed just now; then what is known is looked up afresh
     * @throws ExchangeException if it cannot be told; waits for a second at most
     */
    @Nullable TunnelLink choose(String tunnelId, @Nullable TunnelLink not)
            throws ExchangeException, InterruptedException;

    /** Whether another instance had a link within the last minute, as far as is known here. */
    boolean hadLately(String tunnelId);

    /**
     * Whether an agent that wants a tunnel for itself has it, among the agents of all instances,
     * and may be sent requests. Does not block.
     */
    boolean confirms(String tunnelId, String agent);

    /**
     * A link of the tunnel has come to this instance, or has said whose it is, or its last one has
     * gone. Does not block.
     */
    void changed(String tunnelId);
}
