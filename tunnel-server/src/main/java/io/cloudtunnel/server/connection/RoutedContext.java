package io.cloudtunnel.server.connection;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A connection as Helidon's HTTP/1.1 sees it. */
final class RoutedContext extends HelidonContext implements Abortable {

    private final RoutedInput input;
    private final Runnable abort;
    private @Nullable ServerConnection switched; // of the connection's thread

    RoutedContext(ConnectionContext context, RoutedInput input, Runnable abort) {
        super(context, new DataReader(input));
        this.abort = abort;
        this.input = input;
    }

    /**
     * What follows is another protocol. What has come of it is put where its code looks first.
     *
     * @param connection goes on, behind Helidon's HTTP/1.1
     * @return what ends that HTTP/1.1, so that the new connection waits without it on the stack
     */
    ServerConnection switchProtocols(ServerConnection connection) {
        if (input.switchProtocols()) {
            dataReader().ensureAvailable();
        }
        switched = connection;
        return new Handover(connection);
    }

    @Override
    public void abort() {
        abort.run();
    }

    /** Who goes on with the connection, null while it is HTTP. */
    @Nullable ServerConnection switched() {
        return switched;
    }

    /** Does nothing but what may be asked for by others meanwhile. */
    private record Handover(ServerConnection connection) implements ServerConnection {
        @Override
        public void handle(Limit limit) {
            // The connection's own thread runs it.
        }

        @Override
        public Duration idleTime() {
            return connection.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            connection.close(interrupt);
        }
    }
}
