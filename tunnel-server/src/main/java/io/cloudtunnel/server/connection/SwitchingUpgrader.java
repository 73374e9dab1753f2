package io.cloudtunnel.server.connection;

import io.helidon.http.HttpPrologue;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.webserver.spi.ServerConnection;
import org.jspecify.annotations.Nullable;

/**
 * An upgrader that also tells the connection that what follows is no HTTP, and who goes on with it.
 */
public final class SwitchingUpgrader implements Http1Upgrader {

    private final Http1Upgrader upgrader;

    /** The same upgrader, on connections of this package. */
    public SwitchingUpgrader(Http1Upgrader upgrader) {
        this.upgrader = upgrader;
    }

    @Override
    public String supportedProtocol() {
        return upgrader.supportedProtocol();
    }

    @Override
    public @Nullable ServerConnection upgrade(
            ConnectionContext context, HttpPrologue prologue, WritableHeaders<?> headers) {
        ServerConnection connection = upgrader.upgrade(context, prologue, headers);
        if (connection != null && context instanceof RoutedContext routed) {
            return routed.switchProtocols(connection);
        }
        return connection;
    }
}
