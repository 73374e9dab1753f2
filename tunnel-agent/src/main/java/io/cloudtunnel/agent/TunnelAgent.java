package io.cloudtunnel.agent;

import io.cloudtunnel.agent.connect.RemoteServer;
import io.cloudtunnel.agent.connect.Signing;
import io.cloudtunnel.agent.inspect.Inspector;
import io.cloudtunnel.agent.local.LocalUpstream;
import io.cloudtunnel.agent.local.LoggedUpstream;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.protocol.session.Patrol;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The private side of a tunnel: it dials out to the server, and forwards each request that comes
 * back over its links to one local HTTP service, or to a {@link LocalHandler} of this program.
 *
 * <pre>{@code
 * try (TunnelAgent agent =
 *         TunnelAgent.builder()
 *                 .server("https://tunnel.example.com")
 *                 .local("http://127.0.0.1:3000")
 *                 .start()) {
 *     agent.awaitConnected(Duration.ofSeconds(30));
 *     System.out.println(agent.publicUrl());
 * }
 * }</pre>
 *
 * <p>It keeps trying by itself until it is closed, or until the server refuses it for good. It ends
 * no process, adds no shutdown hook, and sets up no logging; it logs with {@link System.Logger}, by
 * names that begin with {@code io.cloudtunnel.agent}. All its threads are daemons. Safe for use by
 * several threads.
 */
public final class TunnelAgent implements AutoCloseable {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");

    /** For requests that are open; closing the link may take 2 s more. */
    private static final Duration DRAIN = Duration.ofMillis(5500);

    private static final Duration GOODBYE = Duration.ofMillis(2500);
    private static final Duration LAST_WAIT = Duration.ofSeconds(1);
    private static final int NAME_BYTES = 12;

    private final ScheduledExecutorService timer;
    private final LocalUpstream local;
    private final LinkKeeper keeper;
    private final Notices notices;
    private final Observatory observatory;
    private final Inspector inspector;
    private final LinkSet links;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicBoolean roomMade = new AtomicBoolean();

    TunnelAgent(TunnelAgentConfig config, Identity identity) {
        var observation = config.observation();
        var company = config.company();
        // First: it may refuse a setting.
        observatory = company == null ? Observatory.of(observation) : company.observatory().get();
        timer =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("tunnel-agent-timer").factory());
        int most = Math.multiplyExact(config.limits().streams(), config.links() + 1); // rollover
        local = config.local().upstream(config.limits(), most, new Patrol(timer));
        var budget = company == null ? budget(config) : company.budget();
        var server =
                new RemoteServer(
                        config.server(),
                        config.serverTrust(),
                        config.proxies(),
                        config.apiKey(),
                        config.name(),
                        config.userAgent(),
                        config.mode(),
                        config.signing(),
                        config.passes(),
                        config.limits(),
                        budget,
                        timer);
        var traffic = new Traffic();
        var observer = observatory.observer();
        inspector =
                Inspection.inspector(
                        config.inspection(),
                        new LoggedUpstream(
                                local,
                                observation,
                                observer,
                                observatory.tracer(config.local().address())),
                        timer,
                        new Inspector.Tunnel(config.local().toString(), this::publicUrl));
        String name = randomName();
        var serving =
                new Serving(
                        traffic.before(inspector.upstream(), config.pace()),
                        config.mode(),
                        new Introduction(
                                Greeting.of(config.userAgent(), config.limits())
                                        .byAgent(name)
                                        .exclusively(config.exclusive())
                                        .withPolicy(config.access())),
                        config.limits(),
                        budget,
                        observer,
                        timer);
        var first = identity.first();
        notices = new Notices(config.listener(), first == null ? null : first.publicUrl());
        var random = new SplittableRandom(new SecureRandom().nextLong());
        var rollover = new Rollover(config.links(), random.split());
        links = new LinkSet(config.links(), rollover, notices);
        boolean keeps = config.signing() == Signing.REQUIRED;
        var enrolment = new Enrolment(config.server(), server, identity, keeps);
        var beside = new ArrayList<Runnable>();
        beside.add(new Probing(links, server, enrolment, config.pace(), traffic, observer));
        if (config.rotation() != null) {
            beside.add(new Rotation(links, enrolment, config.rotation(), config.pace()));
        }
        keeper =
                new LinkKeeper(
                        links,
                        config.links(),
                        () ->
                                new LinkSlot(
                                        links,
                                        server,
                                        enrolment,
                                        serving,
                                        notices,
                                        config.pace(),
                                        new BackOff(random.split())),
                        beside);
        observatory.watch(links, budget);
        LOGGER.log(
                Level.INFO,
                "forwarding {0} to {1} as agent {2}",
                config.server(),
                config.local(),
                name);
    }

    private static MemoryBudget budget(TunnelAgentConfig config) {
        long bytes = config.memoryBudgetBytes();
        return bytes > 0 ? new MemoryBudget(bytes) : MemoryBudget.ofHeap();
    }

    /** The same on all links of this agent, and told from all other agents. */
    private static String randomName() {
        byte[] bytes = new byte[NAME_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * Begins.
     *
     * @throws IllegalArgumentException if a port to listen on cannot be had
     */
    void begin() {
        try {
            observatory.start();
            inspector.start();
        } catch (IllegalArgumentException e) {
            end();
            throw e;
        }
        keeper.begin();
    }

    /** A builder, of which server and local service have to be set. */
    public static TunnelAgentBuilder builder() {
        return new TunnelAgentBuilder();
    }

    /** The state at this moment. */
    public AgentState state() {
        return notices.state();
    }

    /** Where the public reaches the tunnel; null until it was open for the first time. */
    public @Nullable String publicUrl() {
        return notices.publicUrl();
    }

    /** The port of the admin listener; -1 where there is none. */
    public int adminPort() {
        return observatory.port();
    }

    /** The port of the inspect page; -1 where there is none. */
    public int inspectPort() {
        return inspector.port();
    }

    /** Why the agent gave up, for people; null unless the state is {@link AgentState#FAILED}. */
    public @Nullable String failure() {
        return notices.failure();
    }

    /**
     * Waits until a link is open, or the agent's end, but not for longer.
     *
     * @return whether a link is open
     */
    public boolean awaitConnected(Duration atMost) throws InterruptedException {
        return notices.awaitOpen(atMost) == AgentState.CONNECTED;
    }

    /** Waits for the end; returns whether the agent was stopped or failed. */
    public AgentState awaitEnd() throws InterruptedException {
        return notices.awaitEnd();
    }

    /**
     * Stops: open requests get up to 5.5 s, then the server is told (close code 1001), all within 8
     * s unless the local service's connections cannot be closed. Does nothing the second time.
     */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        notices.state(AgentState.STOPPING, "");
        try {
            keeper.end(DRAIN, GOODBYE, LAST_WAIT);
        } catch (InterruptedException e) {
            keeper.cut();
            Thread.currentThread().interrupt();
        } finally {
            end();
        }
    }

    /** As {@link #close}. */
    public void stop() {
        close();
    }

    /**
     * Gives back what one agent at a time may have: the port of the inspect page, and its name
     * among the metrics. Another one takes its place before it ends. Does nothing the second time.
     */
    void makeRoom() {
        if (roomMade.compareAndSet(false, true)) {
            links.giveWay();
            observatory.close();
            inspector.close();
        }
    }

    private void end() {
        local.close();
        timer.shutdownNow();
        makeRoom();
        notices.state(AgentState.STOPPED, "");
    }
}
