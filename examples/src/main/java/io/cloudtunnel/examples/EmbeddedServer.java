package io.cloudtunnel.examples;

import io.cloudtunnel.server.TunnelServer;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;

/** A Helidon application with routes of its own, and the tunnel server beside them on one port. */
public final class EmbeddedServer implements AutoCloseable {

    private final TunnelServer tunnel;
    private final WebServer application;

    /** Starts it; with port 0, on a free one. */
    public EmbeddedServer(int port) {
        WebServerConfig.Builder config =
                WebServer.builder()
                        .port(port)
                        .routing(routing ->
                                routing.get(
                                        "/hello",
                                        (req, res) -> res.send("Hello from the application.")));

        tunnel = TunnelServer.builder().build();
        tunnel.install(config); // after routing(...)
        application = config.build().start();
    }

    /** The port that both listen on. */
    public int port() {
        return application.port();
    }

    @Override
    public void close() {
        tunnel.close(); // first: agents are told, and requests in progress end
        application.stop();
    }

    /** Runs until it is stopped. */
    public static void main(String[] args) {
        EmbeddedServer server =
                new EmbeddedServer(args.length > 0 ? Integer.parseInt(args[0]) : 8080);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        System.out.println("http://localhost:" + server.port() + "/hello");
    }
}
