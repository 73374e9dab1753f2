package io.cloudtunnel.server.connection;

import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.ConnectionContext;

/** A connection as Helidon's HTTP/1.1 sees it. */
final class RoutedContext extends HelidonContext {

    private final RoutedInput input;

    RoutedContext(ConnectionContext context, RoutedInput input) {
        super(context, new DataReader(input));
        this.input = input;
    }

    /** What follows is another protocol. What has come of it is put where its code looks first. */
    void switchProtocols() {
        if (input.switchProtocols()) {
            dataReader().ensureAvailable();
        }
    }
}
