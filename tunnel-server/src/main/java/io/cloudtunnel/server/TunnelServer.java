package io.cloudtunnel.server;

import io.cloudtunnel.program.Program;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.protocol.session.Patrol;
import io.cloudtunnel.server.access.Gate;
import io.cloudtunnel.server.access.Guards;
import io.cloudtunnel.server.access.KeptPolicies;
import io.cloudtunnel.server.access.RegistrationRates;
import io.cloudtunnel.server.agents.AgentEndpoint;
import io.cloudtunnel.server.agents.Instance;
import io.cloudtunnel.server.agents.Issuing;
import io.cloudtunnel.server.agents.LinkAcceptor;
import io.cloudtunnel.server.agents.OperatorGate;
import io.cloudtunnel.server.agents.PublicUrls;
import io.cloudtunnel.server.agents.RegisterHandler;
import io.cloudtunnel.server.agents.Revocations;
import io.cloudtunnel.server.agents.TakenNames;
import io.cloudtunnel.server.agents.TunnelHandlers;
import io.cloudtunnel.server.auth.Credentials;
import io.cloudtunnel.server.auth.RegistrationPolicy;
import io.cloudtunnel.server.auth.TunnelKeys;
import io.cloudtunnel.server.front.AnswerRules;
import io.cloudtunnel.server.front.Drain;
import io.cloudtunnel.server.front.Forwarding;
import io.cloudtunnel.server.front.Probe;
import io.cloudtunnel.server.front.PublicHandler;
import io.cloudtunnel.server.front.PublicRoutes;
import io.cloudtunnel.server.observe.HealthHandlers;
import io.cloudtunnel.server.prefix.HostMode;
import io.cloudtunnel.server.prefix.ResponseRewriter;
import io.cloudtunnel.server.prefix.RootFallback;
import io.cloudtunnel.server.registry.Bridge;
import io.cloudtunnel.server.registry.LinkRegistry;
import io.cloudtunnel.server.relay.Engine;
import io.cloudtunnel.server.relay.Relay;
import io.cloudtunnel.server.tls.ClientCertificates;
import io.cloudtunnel.server.tls.ListenerTls;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel server: {@link #start} runs it by itself, {@link #install} puts it into somebody's own
 * Helidon application. Neither calls {@code System.exit}, adds a shutdown hook or sets up logging.
 * Safe for use by several threads.
 */
public final class TunnelServer implements AutoCloseable {

    private static final int MOST_BRIDGED = 1000;
    private static final Logger LOGGER = System.getLogger(TunnelServer.class.getName());

    private final TunnelServerConfig config;
    private final ScheduledThreadPoolExecutor timer;
    private final Drain drain = new Drain();
    private final LinkRegistry links;
    private final MemoryBudget budget;
    private final ListenerSetup listener;
    private final @Nullable Relay relay;
    private final Observatory observatory;
    private final Keeping keeping;
    private final Revocations revocations;
    private final TakenNames names;
    private final @Nullable ListenerTls tls;
    private final Patrol patrol;
    private volatile @Nullable OwnListener ownListener;

    TunnelServer(TunnelServerConfig config) {
        Clock clock = Clock.systemUTC();
        this.config = config;
        this.tls = tls(config.tls());
        this.observatory = new Observatory(config.observation());
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
        Engine engine = config.engine() == null ? null : config.engine().get();
        this.keeping = new Keeping(engine, config.life().stateFile(), clock);
        this.revocations =
                new Revocations(
                        keeping.secrets(), keeping.holdings(), config.life().expiry(), clock);
        this.names = new TakenNames(keeping.holdings(), id -> links.find(id) != null);
        Predicate<String> known = id -> credentials.knows(id) || names.mayBeTaken(id);
        HostMode hosts = config.hosts() == null ? null : config.hosts().withNames(names::isTaken);
        this.relay =
                engine == null
                        ? null
                        : new Relay(instance.id(), engine, links, config.limits(), budget, patrol);
        observatory.watch(instance.id(), links, budget, drain, this::health, relay);
        AccessControl access = config.access();
        Guards guards = new Guards(access.policies(), access.jwksHosts(), access.agents(), clock);
        KeptPolicies policies = new KeptPolicies(keeping.policies());
        Forwarding forwarding = new Forwarding(config.trustedHops());
        RootFallback rootFallback = new RootFallback(config.rootFallback(), known);
        PublicHandler publicHandler =
                new PublicHandler(
                        known,
                        links,
                        new Gate(
                                guards,
                                AccessControl.rates(access.tunnel()),
                                AccessControl.rates(access.client())),
                        forwarding,
                        drain,
                        config.chunksLargeAnswers()
                                ? AnswerRules.chunkingLarge()
                                : AnswerRules.plain(),
                        new PublicRoutes(hosts, rootFallback),
                        config.rewritesPrefix() ? new ResponseRewriter(Set.of()) : null,
                        new Probe(
                                credentials,
                                links,
                                instance.id(),
                                instance.started().toEpochMilli(),
                                config.role().takesAgents()),
                        config.role(),
                        config.limits(),
                        observatory.requests());
        OperatorGate operator =
                new OperatorGate(
                        guards,
                        forwarding,
                        tls == null ? ClientCertificates.NOT_NEEDED : tls.clients());
        PublicUrls urls = new PublicUrls(config.publicBaseUrl(), hosts);
        RegisterHandler registerHandler =
                new RegisterHandler(
                        new RegistrationPolicy(
                                config.registration(),
                                config.apiKeys(),
                                config.publicBaseUrl(),
                                config.cloudRunService()),
                        operator,
                        new RegistrationRates(config.registrations().perMinute()),
                        new Issuing(
                                credentials,
                                revocations,
                                keeping.holdings(),
                                names,
                                policies,
                                config.registrations().tunnelsPerKey()),
                        urls,
                        drain,
                        config.signed(),
                        observatory.observer());
        AgentEndpoint agentEndpoint =
                new AgentEndpoint(
                        credentials,
                        urls,
                        config.role(),
                        new LinkAcceptor(
                                instance,
                                links,
                                guards,
                                policies,
                                operator,
                                revocations,
                                drain,
                                config.limits(),
                                Greeting.of(
                                        "cloudtunnel-server/" + Program.version(), config.limits()),
                                budget,
                                patrol,
                                timer,
                                config.linkLifetime(),
                                config.signed(),
                                observatory.observer()));
        this.listener =
                new ListenerSetup(
                        config,
                        new ListenerSetup.Parts(
                                publicHandler,
                                registerHandler,
                                new TunnelHandlers(
                                        credentials,
                                        revocations,
                                        names,
                                        links,
                                        urls,
                                        config.life().rotateGrace()),
                                agentEndpoint,
                                patrol,
                                this::health),
                        rootFallback,
                        tls == null ? UnaryOperator.identity() : tls::below);
    }

    private static @Nullable ListenerTls tls(@Nullable ServerTls files) {
        try {
            return files == null ? null : files.read();
        } catch (IOException e) {
            throw new IllegalArgumentException("TLS: " + e.getMessage(), e);
        }
    }

    private HealthHandlers.State health() {
        if (drain.isDraining()) {
            return HealthHandlers.State.DOWN;
        }
        return relay == null || relay.isAvailable()
                ? HealthHandlers.State.UP
                : HealthHandlers.State.BROKER_UNAVAILABLE;
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
     * are off: a tunnel has to carry what they refuse. Helidon's own shutdown hook, which would
     * stop the listener before requests in progress end, is for the application to switch off:
     * {@code shutdownHook(false)}.
     *
     * @throws IllegalStateException if the admin listener's port, or the state file, cannot be had
     */
    public void install(WebServerConfig.Builder server) {
        if (server.shutdownHook()) {
            LOGGER.log(
                    Level.WARNING,
                    "Helidon's own shutdown hook is on: at SIGTERM it stops the listener while"
                            + " requests through tunnels are in progress, which get 502. Set"
                            + " shutdownHook(false) on the listener, and in a hook of the"
                            + " application close first the tunnel and then the listener");
        }
        begin();
        listener.install(server);
        if (relay != null) {
            relay.start(timer);
        }
        revocations.start();
        names.start();
    }

    /** First: nothing else has begun where a port or a file cannot be had. */
    private void begin() {
        observatory.start();
        boolean opened = false;
        try {
            keeping.open();
            opened = true;
        } finally {
            if (!opened) {
                observatory.close();
            }
        }
    }

    /**
     * Starts a server of its own.
     *
     * @throws IllegalStateException if the port or the state file cannot be had, or the server was
     *     started before
     */
    public TunnelServer start() {
        if (ownListener != null) {
            throw new IllegalStateException("the server was started before");
        }
        WebServerConfig.Builder server =
                WebServer.builder()
                        .host(config.host())
                        .port(config.port())
                        .shutdownHook(false)
                        .shutdownGracePeriod(Duration.ofMillis(200));
        install(server);
        listener.refuseOthers(server);
        if (tls != null) {
            server.tls(tls.tls());
        }
        OwnListener started = new OwnListener(server.buildPrototype());
        if (!started.start()) {
            observatory.close();
            keeping.close();
            throw new IllegalStateException(
                    "cannot listen on port "
                            + config.port()
                            + ": another program may be using it; choose another one with --port");
        }
        ownListener = started;
        patrol.add(started);
        String port = Integer.toString(started.port());
        LOGGER.log(Level.INFO, "listening on port {0}{1}", port, tls == null ? "" : ", with TLS");
        return this;
    }

    /** The port that {@link #start} listens on. */
    public int port() {
        return own().port();
    }

    private OwnListener own() {
        OwnListener own = ownListener;
        if (own == null) {
            throw new IllegalStateException("the server is not started");
        }
        return own;
    }

    /**
     * Ends once the listener of {@link #start} has ended by itself, which an error in the log says:
     * nobody can reach this server any more, and a new one has to be started.
     */
    public CompletionStage<Void> deaf() {
        return own().deaf().copy();
    }

    /** What it listens with; for tests. */
    @Nullable ServerSocket listening() {
        return own().socket();
    }

    /** The port of the admin listener, once it is started or installed; -1 where there is none. */
    public int adminPort() {
        return observatory.port();
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
        leave(Duration.ZERO);
    }

    /**
     * The same where whoever stands in front may still send requests, since nobody else is there to
     * take them: they are served until none came for so long.
     *
     * @param quiet is cut short where the 9 s would not suffice
     */
    public void leave(Duration quiet) {
        if (drain.isDraining()) {
            return;
        }
        if (relay != null) {
            relay.leaving();
        }
        try {
            new Departure(links, drain).run(quiet);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        OwnListener server = ownListener;
        revocations.close();
        names.close();
        keeping.close();
        if (relay != null) {
            relay.close();
        }
        if (server != null) {
            server.stop();
        }
        timer.shutdownNow();
        observatory.close();
        LOGGER.log(Level.INFO, "stopped");
    }
}
