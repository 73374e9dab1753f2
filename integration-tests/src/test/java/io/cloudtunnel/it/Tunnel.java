package io.cloudtunnel.it;

import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.agent.TunnelAgentBuilder;
import io.cloudtunnel.server.TunnelServer;
import io.cloudtunnel.server.TunnelServerBuilder;
import io.cloudtunnel.server.relay.servers.RedisServer;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** A real server and a real agent, as libraries, before a local service that runs already. */
final class Tunnel implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String KEY = "k:" + "0123456789abcdef".repeat(4);

    private final TunnelServer server;
    private final Runnable beside; // ends what there is besides
    private final int port;
    private final TunnelAgent agent;

    private Tunnel(TunnelServer server, Runnable beside, int port, TunnelAgent agent) {
        this.server = server;
        this.beside = beside;
        this.port = port;
        this.agent = agent;
    }

    static Tunnel to(int localPort, Path folder, String mode) throws Exception {
        return to(localPort, folder, mode, server -> server, agent -> agent);
    }

    static Tunnel to(
            int localPort,
            Path folder,
            String mode,
            UnaryOperator<TunnelServerBuilder> ofServer,
            UnaryOperator<TunnelAgentBuilder> ofAgent)
            throws Exception {
        TunnelServer server =
                ofServer.apply(TunnelServer.builder().host("127.0.0.1").port(0)).start();
        int port = server.port();
        return new Tunnel(server, () -> {}, port, agent(folder, mode, port, localPort, ofAgent));
    }

    /** The server in an application of somebody's own, with its routes; binary mode. */
    static Tunnel embedded(
            int localPort,
            Path folder,
            HttpRouting.Builder routes,
            UnaryOperator<TunnelServerBuilder> ofServer,
            UnaryOperator<TunnelAgentBuilder> ofAgent)
            throws Exception {
        TunnelServer server = ofServer.apply(TunnelServer.builder()).build();
        WebServerConfig.Builder builder =
                WebServer.builder().host("127.0.0.1").port(0).shutdownHook(false).routing(routes);
        server.install(builder);
        WebServer application = builder.build().start();
        int port = application.port();
        return new Tunnel(
                server, application::stop, port, agent(folder, "binary", port, localPort, ofAgent));
    }

    /** The public reaches one server, the agent another one, and both a broker; binary mode. */
    static Tunnel relayed(
            int localPort,
            Path folder,
            RedisServer redis,
            UnaryOperator<TunnelServerBuilder> ofServers,
            UnaryOperator<TunnelAgentBuilder> ofAgent)
            throws Exception {
        UnaryOperator<TunnelServerBuilder> joined =
                builder ->
                        ofServers
                                .apply(builder.host("127.0.0.1").port(0))
                                .tunnelKey(KEY)
                                .redisUrl(redis.url());
        TunnelServer server = joined.apply(TunnelServer.builder().role("public")).start();
        int port = server.port();
        URI base = URI.create("http://localhost:" + port);
        TunnelServer owner =
                joined.apply(TunnelServer.builder().role("agents").publicBaseUrl(base)).start();
        Tunnel tunnel =
                new Tunnel(
                        server,
                        owner::close,
                        port,
                        agent(folder, "binary", owner.port(), localPort, ofAgent));
        Waiting.until(10, "joined", () -> isReady(port) && isReady(owner.port()));
        return tunnel;
    }

    /** Whether the server at this port says so. */
    static boolean isReady(int port) {
        try (Wire wire = Wire.to(port).head("GET /health/ready HTTP/1.1", "Host: localhost")) {
            return wire.readAnswer().status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static TunnelAgent agent(
            Path folder,
            String mode,
            int port,
            int localPort,
            UnaryOperator<TunnelAgentBuilder> ofAgent)
            throws Exception {
        TunnelAgent agent =
                ofAgent.apply(
                                TunnelAgent.builder()
                                        .server("http://localhost:" + port)
                                        .local("http://127.0.0.1:" + localPort)
                                        .mode(mode)
                                        .credentialsFile(folder.resolve("credentials.json")))
                        .start();
        if (!agent.awaitConnected(PATIENCE)) {
            throw new AssertionError("the agent does not connect");
        }
        return agent;
    }

    TunnelServer server() {
        return server;
    }

    TunnelAgent agent() {
        return agent;
    }

    /** Where the public finds the server. */
    int port() {
        return port;
    }

    /** The public URL of a path of the local service. */
    String url(String path) {
        return agent.publicUrl() + path;
    }

    /** {@code /pub/{id}}. */
    String prefix() {
        return URI.create(agent.publicUrl()).getRawPath();
    }

    @Override
    public void close() {
        agent.close();
        server.close();
        beside.run();
    }
}
