package io.cloudtunnel.it;

import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.agent.TunnelAgentBuilder;
import io.cloudtunnel.server.TunnelServer;
import io.cloudtunnel.server.TunnelServerBuilder;
import io.cloudtunnel.server.relay.servers.RedisServer;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** A real server, a real agent and a raw local service, as libraries in one process. */
final class Rig implements AutoCloseable {

    private final RawService local;
    private final Tunnel tunnel;

    private Rig(RawService local, Tunnel tunnel) {
        this.local = local;
        this.tunnel = tunnel;
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
        return new Rig(local, Tunnel.to(local.port(), folder, mode, ofServer, ofAgent));
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
        return new Rig(local, Tunnel.embedded(local.port(), folder, routes, ofServer, ofAgent));
    }

    /** Two servers that a broker joins, as {@link Tunnel#relayed} has them; binary mode. */
    static Rig relayed(
            Path folder,
            RedisServer redis,
            RawService.Handler handler,
            UnaryOperator<TunnelServerBuilder> ofServers,
            UnaryOperator<TunnelAgentBuilder> ofAgent)
            throws Exception {
        RawService local = new RawService(handler);
        return new Rig(local, Tunnel.relayed(local.port(), folder, redis, ofServers, ofAgent));
    }

    RawService local() {
        return local;
    }

    TunnelServer server() {
        return tunnel.server();
    }

    /** Where the public finds the server. */
    int port() {
        return tunnel.port();
    }

    TunnelAgent agent() {
        return tunnel.agent();
    }

    String url(String path) {
        return tunnel.url(path);
    }

    /** The raw target of a path of the local service. */
    String target(String path) {
        return tunnel.prefix() + path;
    }

    /** A public client. */
    Wire client() throws IOException {
        return Wire.to(port());
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
        tunnel.close();
        local.close();
    }
}
