package io.cloudtunnel.server.connection;

import io.cloudtunnel.protocol.http.HttpLimits;
import io.cloudtunnel.protocol.session.Patrol;
import io.cloudtunnel.server.front.PublicHandler;
import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes each connection of its listener. Immutable. */
public final class PublicConnectionSelector implements ServerConnectionSelector {

    /**
     * What connections share.
     *
     * @param handler answers requests for tunnels
     * @param routed makes connections for all other requests
     * @param http2 makes connections of clients that speak HTTP/2; null where that is off
     * @param sockets the listener's options
     * @param connections those that have begun
     * @param patrol looks after the connections
     * @param limits what clients may take their time for
     * @param messageLimits what their messages may have
     */
    public record Shared(
            PublicHandler handler,
            ServerConnectionSelector routed,
            @Nullable ServerConnectionSelector http2,
            AcceptedSockets sockets,
            OpenConnections connections,
            Patrol patrol,
            ClientLimits limits,
            HttpLimits messageLimits) {}

    private final Shared shared;

    /** A selector with what its connections share. */
    public PublicConnectionSelector(Shared shared) {
        this.shared = shared;
    }

    @Override
    public int bytesToIdentifyConnection() {
        return 0;
    }

    @Override
    public Support supports(BufferData data) {
        return Support.SUPPORTED;
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        Set<String> all = new HashSet<>(shared.routed().supportedApplicationProtocols());
        ServerConnectionSelector http2 = shared.http2();
        if (http2 != null) {
            all.addAll(http2.supportedApplicationProtocols());
        }
        return all;
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        try {
            return new PublicConnection(
                    context, ClientSocket.of(context, shared.sockets()), shared);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
