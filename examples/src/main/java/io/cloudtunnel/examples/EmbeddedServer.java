package io.cloudtunnel.examples;

import io.cloudtunnel.server.TunnelServer;
import io.helidon.config.Config;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import java.util.Map;

/** A Helidon application with routes of its own, and the tunnel server beside them on one port. */
public final class EmbeddedServer implements AutoCloseable {

    private final TunnelServer tunnel;
    private final WebServer application;

    /** Starts it, with the port and the tunnel's options that the configuration has. */
    public EmbeddedServer(Config config) {
        WebServerConfig.Builder listener =
                WebServer.builder()
                        .port(config.get("server.port").asInt().orElse(8080))
                        .shutdownHook(false) // the application's own calls close()
                        .routing(routing ->
                                routing.get(
                                        "/hello",
                                        (req, res) -> res.send("Hello from the application.")));

        Map<String, String> options = config.get("tunnel").detach().asMap().orElse(Map.of());
        tunnel = TunnelServer.builder().options(options).build();
        tunnel.install(listener); // after routing(...)
        application = listener.build().start();
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
        EmbeddedServer server = new EmbeddedServer(Config.create()); // of application.yaml, say
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        System.out.println("http://localhost:" + server.port() + "/hello");
    }
}
