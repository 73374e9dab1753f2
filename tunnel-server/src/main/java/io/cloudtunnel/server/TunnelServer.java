package io.cloudtunnel.server;

import io.cloudtunnel.program.Program;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.http.HttpLimits;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.protocol.session.Patrol;
import io.cloudtunnel.server.agents.AgentEndpoint;
import io.cloudtunnel.server.agents.Instance;
import io.cloudtunnel.server.agents.LinkAcceptor;
import io.cloudtunnel.server.agents.PublicUrls;
import io.cloudtunnel.server.agents.RegisterHandler;
import io.cloudtunnel.server.auth.Credentials;
import io.cloudtunnel.server.auth.RegistrationPolicy;
import io.cloudtunnel.server.auth.TunnelKeys;
import io.cloudtunnel.server.connection.AcceptedSockets;
import io.cloudtunnel.server.connection.PublicConnectionSelector;
import io.cloudtunnel.server.connection.SwitchingUpgrader;
import io.cloudtunnel.server.front.AnswerRules;
import io.cloudtunnel.server.front.Drain;
import io.cloudtunnel.server.front.ErrorAnswer;
import io.cloudtunnel.server.front.Forwarding;
import io.cloudtunnel.server.front.Probe;
import io.cloudtunnel.server.front.PublicHandler;
import io.cloudtunnel.server.front.PublicRoutes;
import io.cloudtunnel.server.front.RoutingFields;
import io.cloudtunnel.server.front.RoutingFrontEnd;
import io.cloudtunnel.server.observe.HealthHandlers;
import io.cloudtunnel.server.observe.RequestIds;
import io.cloudtunnel.server.prefix.ResponseRewriter;
import io.cloudtunnel.server.prefix.RootFallback;
import io.cloudtunnel.server.registry.AgentLink;
import io.cloudtunnel.server.registry.Bridge;
import io.cloudtunnel.server.registry.LinkRegistry;
import io.helidon.common.socket.SocketOptions;
import io.helidon.http.Status;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.http2.Http2Config;
import io.helidon.webserver.http2.Http2ConnectionSelector;
import io.helidon.webserver.websocket.WsConfig;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardSocketOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel server: {@link #start} runs it by itself, {@link #install} puts it into somebody's own
 * Helidon application. Neither calls {@code System.exit}, adds a shutdown hook or sets up logging.
 * Safe for use by several threads.
 */
public final class TunnelServer implements AutoCloseable {

    /** What a platform leaves between SIGTERM and SIGKILL is 10 s; this ends a second before. */
    private static final Duration DRAIN = Duration.ofSeconds(8);

    private static final int MOST_BRIDGED = 1000;
    private static final int HEAD_BYTES = 128 * 1024;
    private static final int PROLOGUE_BYTES = 16 * 1024;

    /** Of an upload that waits Helidon queues 32 frames, and then lets all streams wait. */
    private static final int HTTP2_WINDOW_BYTES = 31 * 16 * 1024;

    private static final int HTTP2_STREAMS = 1000;
    private static final Logger LOGGER = System.getLogger(TunnelServer.class.getName());

    private final TunnelServerConfig config;
    private final ScheduledThreadPoolExecutor timer;
    private final Patrol patrol;
    private final Drain drain = new Drain();
    private final LinkRegistry links;
    private final MemoryBudget budget;
    private final RootFallback rootFallback;
    private final PublicHandler publicHandler;
    private final RegisterHandler registerHandler;
    private final AgentEndpoint agentEndpoint;
    private volatile @Nullable WebServer webServer;

    TunnelServer(TunnelServerConfig config) {
        Clock clock = Clock.systemUTC();
        this.config = config;
        this.timer = new ScheduledThreadPoolExecutor(1, TunnelServer::timerThread);
        this.timer.setRemoveOnCancelPolicy(true);
        this.patrol = new Patrol(timer);
        String key = config.tunnelKey();
        Credentials credentials =
                new Credentials(key == null ? TunnelKeys.random() : TunnelKeys.parse(key), clock);
        Instance instance = Instance.create(clock);
        this.budget =
                config.memoryBudgetBytes() == 0
                        ? MemoryBudget.ofHeap()
                        : new MemoryBudget(config.memoryBudgetBytes());
        this.links =
                new LinkRegistry(
                        config.maxLinks(), new Bridge(config.bridgeTime(), MOST_BRIDGED), budget);
        this.rootFallback = new RootFallback(config.rootFallback(), credentials::knows);
        this.publicHandler =
                new PublicHandler(
                        credentials,
                        links,
                        new Forwarding(config.trustedHops()),
                        drain,
                        config.chunksLargeAnswers()
                                ? AnswerRules.chunkingLarge()
                                : AnswerRules.plain(),
                        new PublicRoutes(config.hosts(), rootFallback),
                        config.rewritesPrefix() ? new ResponseRewriter(Set.of()) : null,
                        new Probe(
                                credentials,
                                links,
                                instance.id(),
                                instance.started().toEpochMilli()),
                        config.limits());
        PublicUrls urls = new PublicUrls(config.publicBaseUrl(), config.hosts());
        this.registerHandler =
                new RegisterHandler(
                        new RegistrationPolicy(
                                config.registration(),
                                config.apiKeys(),
                                config.publicBaseUrl(),
                                config.cloudRunService()),
                        credentials,
                        urls,
                        drain);
        this.agentEndpoint =
                new AgentEndpoint(
                        credentials,
                        urls,
                        new LinkAcceptor(
                                instance,
                                links,
                                drain,
                                config.limits(),
                                Greeting.of(
                                        "cloudtunnel-server/" + Program.version(), config.limits()),
                                budget,
                                patrol,
                                timer,
                                config.linkLifetime()));
    }

    /** A builder with the defaults. */
    public static TunnelServerBuilder builder() {
        return new TunnelServerBuilder();
    }

    private static Thread timerThread(Runnable task) {
        Thread thread = new Thread(task, "tunnel-server-timer");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Puts the tunnel into a Helidon server: its routes beside the application's own, and the
     * agents' WebSocket beside the application's. Call it after {@code routing(...)}, and close
     * this tunnel before stopping the server.
     *
     * <p>On this listener, Helidon's checks of paths and fields and its decoding of request bodies
     * are off: a tunnel has to carry what they refuse.
     */
    public void install(WebServerConfig.Builder server) {
        HttpRouting.Builder routing = server.routing().orElseGet(HttpRouting::builder);
        RoutingFrontEnd frontEnd = new RoutingFrontEnd(publicHandler);
        // First: by its raw path a request is the tunnels', whatever route the decoded one has.
        routing.any(frontEnd)
                .post("/register", registerHandler)
                .any(AgentEndpoint.PATH, agentEndpoint::upgradeRequired)
                .register("/health", new HealthHandlers(() -> !drain.isDraining()));
        if (server.protocols().stream().noneMatch(WsConfig.class::isInstance)) {
            server.addProtocol(WsConfig.create()); // the application may have WebSockets of its own
        }
        AcceptedSockets sockets = new AcceptedSockets(socketOptions(server));
        server.routing(routing)
                .addConnectionSelector(selector(sockets))
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

    /** Those of the application, if it has any. */
    private static SocketOptions socketOptions(WebServerConfig.Builder server) {
        SocketOptions.Builder options = SocketOptions.builder();
        server.connectionOptions().ifPresent(options::from);
        return options.tcpNoDelay(true).build();
    }

    private PublicConnectionSelector selector(AcceptedSockets sockets) {
        Http1ConnectionSelector routed =
                Http1ConnectionSelector.builder()
                        .config(http1Config())
                        .putUpgrader("websocket", new SwitchingUpgrader(agentEndpoint))
                        .build();
        return new PublicConnectionSelector(
                new PublicConnectionSelector.Shared(
                        publicHandler,
                        routed,
                        config.http2()
                                ? Http2ConnectionSelector.builder()
                                        .http2Config(http2Config())
                                        .build()
                                : null,
                        sockets,
                        patrol,
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

    /**
     * Starts a server of its own.
     *
     * @throws IllegalStateException if the port cannot be had, or the server was started before
     */
    public TunnelServer start() {
        if (webServer != null) {
            throw new IllegalStateException("the server was started before");
        }
        WebServerConfig.Builder server =
                WebServer.builder()
                        .host(config.host())
                        .port(config.port())
                        .shutdownHook(false)
                        .shutdownGracePeriod(Duration.ofMillis(200));
        install(server);
        server.routing().ifPresent(routing -> routing.any(this::notFound));
        WebServer started =
                WebServer.create(ReceiveBuffers.leftToTheSystem(server.buildPrototype())).start();
        if (!started.isRunning()) {
            throw new IllegalStateException(
                    "cannot listen on port "
                            + config.port()
                            + ": another program may be using it; choose another one with --port");
        }
        webServer = started;
        LOGGER.log(Level.INFO, "listening on port {0}", Integer.toString(started.port()));
        return this;
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

    /** The port that {@link #start} listens on. */
    public int port() {
        WebServer server = webServer;
        if (server == null) {
            throw new IllegalStateException("the server is not started");
        }
        return server.port();
    }

    /** Where links are found; for tests, which look for places that were not given back. */
    LinkRegistry links() {
        return links;
    }

    /** How long links live; for tests. */
    Duration linkLifetime() {
        return config.linkLifetime().total();
    }

    /** The memory for bodies; for tests, which look for bytes that were not given back. */
    MemoryBudget budget() {
        return budget;
    }

    /**
     * Leaves: takes no new links, lets requests in progress end, closes the agents' links with
     * 1001, and stops the server if it is our own. Takes at most 9 s. Does nothing the second time.
     */
    @Override
    public void close() {
        if (drain.isDraining()) {
            return;
        }
        long began = System.nanoTime();
        drain.begin();
        links.stopWaiting();
        try {
            leaveAll();
            drain.awaitIdle(DRAIN.minusNanos(System.nanoTime() - began));
            // Stopping cuts what is open, and a close frame that is cut was never sent.
            links.awaitEmpty(DRAIN.plusMillis(500).minusNanos(System.nanoTime() - began));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        WebServer server = webServer;
        if (server != null) {
            server.stop();
        }
        timer.shutdownNow();
        LOGGER.log(Level.INFO, "stopped");
    }

    private void leaveAll() throws InterruptedException {
        List<Thread> leaving = new ArrayList<>(); // one per link
        for (AgentLink link : links.all()) {
            leaving.add(Thread.ofVirtual().name("tunnel-leave").start(() -> leave(link)));
        }
        for (Thread thread : leaving) {
            thread.join();
        }
    }

    private static void leave(AgentLink link) {
        try {
            link.leave(DRAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
