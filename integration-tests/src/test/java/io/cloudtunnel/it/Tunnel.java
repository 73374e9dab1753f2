package io.cloudtunnel.it;

import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.agent.TunnelAgentBuilder;
import io.cloudtunnel.server.TunnelServer;
import io.cloudtunnel.server.TunnelServerBuilder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** A real server and a real agent, as libraries, before a local service that runs already. */
record Tunnel(TunnelServer server, TunnelAgent agent) implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

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
        TunnelAgent agent =
                ofAgent.apply(
                                TunnelAgent.builder()
                                        .server("http://localhost:" + server.port())
                                        .local("http://127.0.0.1:" + localPort)
                                        .mode(mode)
                                        .credentialsFile(folder.resolve("credentials.json")))
                        .start();
        if (!agent.awaitConnected(PATIENCE)) {
            throw new AssertionError("the agent does not connect");
        }
        return new Tunnel(server, agent);
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
    }
}
