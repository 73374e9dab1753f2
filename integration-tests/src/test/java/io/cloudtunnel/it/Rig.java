package io.cloudtunnel.it;

import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.agent.TunnelAgentBuilder;
import io.cloudtunnel.server.TunnelServer;
import io.cloudtunnel.server.TunnelServerBuilder;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** A real server, a real agent and a raw local service, as libraries in one process. */
final class Rig implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RawService local;
    private final TunnelServer server;
    private final WebServer application; // null where the server runs by itself
    private final int port;
    private final TunnelAgent agent;

    private Rig(
            RawService local,
            TunnelServer server,
            WebServer application,
            int port,
            TunnelAgent agent) {
        this.local = local;
        this.server = server;
        this.application = application;
        this.port = port;
        this.agent = agent;
    }

    static Rig start(Path folder, String mode, RawService.Handler handler) throws Exception {
        return start(folder, mode, handler, server -> server, agent -> agent);
    }

    static Rig start(
            Path folder,
            String mode,
            RawService.Handler handler,
            UnaryOperator<TunnelServerBuilder> ofServer,
            UnaryOperator<TunnelAgentBuilder> ofAgent)
            throws Exception {
        RawService local = new RawService(handler);
        TunnelServer server =
                ofServer.apply(TunnelServer.builder().host("127.0.0.1").port(0)).start();
        return new Rig(
                local,
                server,
                null,
                server.port(),
                agent(folder, mode, server.port(), local.port(), ofAgent));
    }

    /** The server in an application of somebody's own, with its routes; binary mode. */
    static Rig embedded(
            Path folder,
            HttpRouting.Builder routes,
            RawService.Handler handler,
            UnaryOperator<TunnelServerBuilder> ofServer,
            UnaryOperator<TunnelAgentBuilder> ofAgent)
            throws Exception {
        RawService local = new RawService(handler);
        TunnelServer server = ofServer.apply(TunnelServer.builder()).build();
        WebServerConfig.Builder builder =
                WebServer.builder().host("127.0.0.1").port(0).routing(routes);
        server.install(builder);
        WebServer application = builder.build().start();
        int port = application.port();
        return new Rig(
                local,
                server,
                application,
                port,
                agent(folder, "binary", port, local.port(), ofAgent));
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

    RawService local() {
        return local;
    }

    TunnelServer server() {
        return server;
    }

    /** Where the public finds the server. */
    int port() {
        return port;
    }

    TunnelAgent agent() {
        return agent;
    }

    String url(String path) {
        return agent.publicUrl() + path;
    }

    /** The raw target of a path of the local service. */
    String target(String path) {
        return URI.create(agent.publicUrl()).getRawPath() + path;
    }

    /** A public client. */
    Wire client() throws IOException {
        return Wire.to(port);
    }

    /** A public client that has sent a request without a body. */
    Wire get(String path, String... fields) throws IOException {
        return client().send(requestHead("GET", path, fields));
    }

    String requestHead(String method, String path, String... fields) {
        StringBuilder head = new StringBuilder(method + " " + target(path) + " HTTP/1.1\r\n");
        head.append("Host: localhost\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    @Override
    public void close() throws IOException {
        agent.close();
        server.close();
        if (application != null) {
            application.stop();
        }
        local.close();
    }
}
