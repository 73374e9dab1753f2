package io.cloudtunnel.server;

import io.cloudtunnel.protocol.session.Patrol;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A listener that is ours alone. Should it end by itself, which Helidon tells nobody, somebody is
 * told: a server that hears nobody must not seem to run. Safe for use by several threads.
 */
final class OwnListener implements Patrol.Guarded {

    private static final Logger LOGGER = System.getLogger(OwnListener.class.getName());

    private final WebServer server;
    private final CompletableFuture<Void> deaf = new CompletableFuture<>();
    private volatile @Nullable ServerSocket socket;
    private volatile boolean stopping;

    OwnListener(WebServerConfig config) {
        this.server = WebServer.create(ReceiveBuffers.leftToTheSystem(config, made -> made(made)));
    }

    private void made(ServerSocket made) {
        socket = made;
        boolean unused = PatientServerSocket.replace(server, made);
    }

    /** Whether it could. */
    boolean start() {
        return server.start().isRunning();
    }

    int port() {
        return server.port();
    }

    void stop() {
        stopping = true;
        server.stop();
    }

    /** Ends once the listener has ended, and nobody wanted it. */
    CompletableFuture<Void> deaf() {
        return deaf;
    }

    /** What it listens with; for tests. */
    @Nullable ServerSocket socket() {
        return socket;
    }

    @Override
    public void look(long nowNanos) {
        ServerSocket listening = socket;
        if (listening != null && listening.isClosed() && !stopping && !deaf.isDone()) {
            LOGGER.log(
                    Level.ERROR,
                    "the listener has ended by itself, so nobody can reach this server any more:"
                            + " the lines before say why");
            deaf.complete(null);
        }
    }
}
