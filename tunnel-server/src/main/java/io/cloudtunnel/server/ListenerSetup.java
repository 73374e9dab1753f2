package io.cloudtunnel.server;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.http.HttpLimits;
import io.cloudtunnel.protocol.session.Patrol;
import io.cloudtunnel.server.agents.AgentEndpoint;
import io.cloudtunnel.server.agents.RegisterHandler;
import io.cloudtunnel.server.agents.TunnelHandlers;
import io.cloudtunnel.server.agents.WrongRole;
import io.cloudtunnel.server.connection.AcceptedSockets;
import io.cloudtunnel.server.connection.FileLimit;
import io.cloudtunnel.server.connection.OpenConnections;
import io.cloudtunnel.server.connection.PublicConnectionSelector;
import io.cloudtunnel.server.connection.SwitchingUpgrader;
import io.cloudtunnel.server.front.ErrorAnswer;
import io.cloudtunnel.server.front.PublicHandler;
import io.cloudtunnel.server.front.RoutedBodies;
import io.cloudtunnel.server.front.RoutingFields;
import io.cloudtunnel.server.front.RoutingFrontEnd;
import io.cloudtunnel.server.observe.HealthHandlers;
import io.cloudtunnel.server.observe.RequestIds;
import io.cloudtunnel.server.prefix.RootFallback;
import io.helidon.common.socket.SocketOptions;
import io.helidon.http.Status;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.http2.Http2Config;
import io.helidon.webserver.http2.Http2ConnectionSelector;
import io.helidon.webserver.websocket.WsConfig;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What a listener of Helidon needs to serve tunnels: routes, selector and options, for a server of
 * our own or somebody else's. Immutable.
 */
final class ListenerSetup {

    /** Who answers. */
    record Parts(
            PublicHandler publicHandler,
            RegisterHandler registerHandler,
            TunnelHandlers tunnelHandlers,
            AgentEndpoint agentEndpoint,
            Patrol patrol,
            Supplier<HealthHandlers.State> health) {}

    private static final String REGISTER = "/register";
    private static final int HEAD_BYTES = 128 * 1024;
    private static final int PROLOGUE_BYTES = 16 * 1024;

    /** Of an upload that waits Helidon queues 32 frames, and then lets all streams wait. */
    private static final int HTTP2_WINDOW_BYTES = 31 * 16 * 1024;

    /** Helidon keeps what is over, too, until there are so many. */
    private static final int HTTP2_STREAMS = 256;

    private final TunnelServerConfig config;
    private final Parts parts;
    private final RootFallback rootFallback;
    private final UnaryOperator<Socket> below;

    /**
     * A setup.
     *
     * @param below finds the TCP connection below a socket that was just accepted
     */
    ListenerSetup(
            TunnelServerConfig config,
            Parts parts,
            RootFallback rootFallback,
            UnaryOperator<Socket> below) {
        this.below = below;
        this.config = config;
        this.parts = parts;
        this.rootFallback = rootFallback;
    }

    /** See {@link TunnelServer#install}. */
    void install(WebServerConfig.Builder server) {
        HttpRouting.Builder routing = server.routing().orElseGet(HttpRouting::builder);
        RoutingFrontEnd frontEnd = new RoutingFrontEnd(parts.publicHandler());
        // First: by its raw path a request is the tunnels', whatever route the decoded one has.
        routing.addFilter(new RoutedBodies());
        routing.any(frontEnd).register("/health", new HealthHandlers(parts.health()));
        routeAgents(routing);
        if (server.protocols().stream().noneMatch(WsConfig.class::isInstance)) {
            server.addProtocol(WsConfig.create()); // the application may have WebSockets of its own
        }
        OpenConnections connections = new OpenConnections(FileLimit.connections());
        AcceptedSockets sockets =
                new AcceptedSockets(
                        socketOptions(server),
                        below,
                        config.clientLimits().handshake(),
                        connections);
        parts.patrol().add(sockets);
        server.routing(routing)
                .addConnectionSelector(selector(sockets, connections))
                // One selector alone gets each connection at once, and Helidon would find its own.
                .protocolsDiscoverServices(false)
                .contentEncoding(
                        ContentEncodingContext.builder()
                                .contentEncodingsDiscoverServices(false)
                                .build())
                .connectionOptions(sockets)
                .writeQueueLength(0)
                .putListenerSocketOption(
                        StandardSocketOptions.SO_RCVBUF, ReceiveBuffers.FIXED_BYTES);
    }

    private void routeAgents(HttpRouting.Builder routing) {
        if (config.role().takesAgents()) {
            routing.post(REGISTER, parts.registerHandler())
                    .get(REGISTER, parts.registerHandler()::describe)
                    .any(AgentEndpoint.PATH, parts.agentEndpoint()::upgradeRequired)
                    .register(TunnelHandlers.PATH, parts.tunnelHandlers());
        } else {
            WrongRole refusal = new WrongRole(config.role());
            routing.any(REGISTER, refusal)
                    .any(AgentEndpoint.PATH, refusal)
                    .any(TunnelHandlers.PATH + "/*", refusal);
        }
    }

    /** Those of the application, if it has any. */
    private static SocketOptions socketOptions(WebServerConfig.Builder server) {
        SocketOptions.Builder options = SocketOptions.builder();
        server.connectionOptions().ifPresent(options::from);
        return options.tcpNoDelay(true).build();
    }

    private PublicConnectionSelector selector(
            AcceptedSockets sockets, OpenConnections connections) {
        Http1ConnectionSelector routed =
                Http1ConnectionSelector.builder()
                        .config(http1Config())
                        .putUpgrader("websocket", new SwitchingUpgrader(parts.agentEndpoint()))
                        .build();
        return new PublicConnectionSelector(
                new PublicConnectionSelector.Shared(
                        parts.publicHandler(),
                        routed,
                        config.http2()
                                ? Http2ConnectionSelector.builder()
                                        .http2Config(http2Config())
                                        .build()
                                : null,
                        sockets,
                        connections,
                        parts.patrol(),
                        config.clientLimits(),
                        HttpLimits.DEFAULT.withHeadBytes(config.limits().headBytes())));
    }

    private static Http1Config http1Config() {
        return Http1Config.builder()
                .maxHeadersSize(HEAD_BYTES)
                .maxPrologueLength(PROLOGUE_BYTES)
                .validatePath(false)
                .validatePrologue(false)
                .validateRequestHeaders(false)
                .validateResponseHeaders(false)
                .build();
    }

    private Http2Config http2Config() {
        return Http2Config.builder()
                .maxHeaderListSize(config.limits().headBytes())
                .initialWindowSize(HTTP2_WINDOW_BYTES)
                .maxConcurrentStreams(HTTP2_STREAMS)
                .flowControlTimeout(config.clientLimits().writeStall())
                .validatePath(false)
                .build();
    }

    /** For a server that has no routes but ours. */
    void refuseOthers(WebServerConfig.Builder server) {
        server.routing().ifPresent(routing -> routing.any(this::notFound));
    }

    /** Nobody else's: whoever wrote a page that led here may want to know why. */
    private void notFound(ServerRequest request, ServerResponse response) {
        Fields fields = RoutingFields.of(request);
        ErrorAnswer answer =
                ErrorAnswer.of(
                        404,
                        "not-found",
                        rootFallback.notFoundText(),
                        RequestIds.of(fields),
                        fields);
        answer.head().fields().forEach(response::header);
        response.status(Status.NOT_FOUND_404).send(answer.body().toByteArray());
    }
}
