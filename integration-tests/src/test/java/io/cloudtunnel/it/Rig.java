package io.cloudtunnel.it;

import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.agent.TunnelAgentBuilder;
import io.cloudtunnel.server.TunnelServer;
import io.cloudtunnel.server.TunnelServerBuilder;
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
    private final TunnelAgent agent;

    private Rig(RawService local, TunnelServer server, TunnelAgent agent) {
        this.local = local;
        this.server = server;
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
        TunnelAgent agent =
                ofAgent.apply(
                                TunnelAgent.builder()
                                        .server("http://localhost:" + server.port())
                                        .local("http://127.0.0.1:" + local.port())
                                        .mode(mode)
                                        .credentialsFile(folder.resolve("credentials.json")))
                        .start();
        if (!agent.awaitConnected(PATIENCE)) {
            throw new AssertionError("the agent does not connect");
        }
        return new Rig(local, server, agent);
    }

    RawService local() {
        return local;
    }

    TunnelServer server() {
        return server;
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
        return Wire.to(server.port());
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
        local.close();
    }
}
