package io.cloudtunnel.server;

import io.cloudtunnel.program.Observation;
import io.cloudtunnel.program.Settings;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.server.agents.LinkLifetime;
import io.cloudtunnel.server.agents.SignedMode;
import io.cloudtunnel.server.auth.RegistrationPolicy;
import io.cloudtunnel.server.auth.TunnelKeys;
import io.cloudtunnel.server.connection.ClientLimits;
import io.cloudtunnel.server.prefix.HostMode;
import io.cloudtunnel.server.relay.Engine;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects what a {@link TunnelServer} is built from. Not safe for use by several threads. */
public final class TunnelServerBuilder {

    private final Joining joining = new Joining();
    private final Naming naming = new Naming();
    private final DataDir data = new DataDir();
    private String host = "0.0.0.0";
    private int port = 8080;
    private @Nullable URI publicBaseUrl;
    private RegistrationPolicy.@Nullable Mode registration;
    private Map<String, String> apiKeys = Map.of();
    private @Nullable String tunnelKey;
    private @Nullable String cloudRunService;
    private int maxLinks = 10_000;
    private Duration bridgeTime = Duration.ofSeconds(5);
    private LinkLifetime linkLifetime = LinkLifetime.UNLIMITED;
    private TunnelLife life = TunnelLife.DEFAULT;
    private SignedMode signed = SignedMode.ALLOWED;
    private int trustedHops;
    private long memoryBudgetBytes;
    private boolean chunksLargeAnswers;
    private boolean http2;
    private Limits limits = Limits.DEFAULT;
    private @Nullable ClientLimits clientLimits;
    private Observation observation = Observation.DEFAULT;
    private AccessControl access = AccessControl.OPEN;
    private RegistrationLimits registrations = RegistrationLimits.DEFAULT;
    private @Nullable ServerTls tls;

    TunnelServerBuilder() {}

    /**
     * Options by the names that {@code application.yaml} has, such as {@code tunnel-key}, {@code
     * bridge-time}: for programs that keep them in a configuration of their own. Before the other
     * methods, which win then; embedded in a Helidon application, {@code port} means nothing.
     *
     * @throws io.cloudtunnel.program.SettingException if one is unknown or wrong
     */
    public TunnelServerBuilder options(Map<String, String> values) {
        return settings(Settings.of(ServerOptions.ALL, values));
    }

    /** The address to listen on; every address unless set. */
    public TunnelServerBuilder host(String address) {
        host = address;
        return this;
    }

    /** The port to listen on, 0 for any free one; 8080 unless set. */
    public TunnelServerBuilder port(int number) {
        port = number;
        return this;
    }

    /** Where the public finds the server; as the registering agent sees it unless set. */
    public TunnelServerBuilder publicBaseUrl(URI url) {
        publicBaseUrl = url;
        return this;
    }

    /** Lets anyone register, from anywhere. */
    public TunnelServerBuilder openRegistration() {
        registration = RegistrationPolicy.Mode.OPEN;
        return this;
    }

    /** Lets those register who have one of these keys, given by name. */
    public TunnelServerBuilder apiKeys(Map<String, String> keysByName) {
        apiKeys = Map.copyOf(keysByName);
        return this;
    }

    /**
     * What ids and secrets are signed with: {@code key} or {@code id:key,id:key}, each key of at
     * least 32 characters; unless set the one in {@link #dataDir}, or a random one.
     *
     * @throws IllegalArgumentException if it has another form
     */
    public TunnelServerBuilder tunnelKey(String keys) {
        TunnelKeys.parse(keys);
        tunnelKey = keys;
        return this;
    }

    /**
     * A folder for what has to survive a restart, where nothing else says otherwise: without a
     * {@link #tunnelKey} a key is kept there, and without a state file of {@link #life} and without
     * {@link #redisUrl} the state. None unless set.
     *
     * @param folder is made if it is not there, and so is what belongs into it, by {@link #build}
     *     and {@link TunnelServer#start}
     */
    public TunnelServerBuilder dataDir(Path folder) {
        data.in(folder);
        return this;
    }

    /** Keeps no state in the folder, whatever is given besides. */
    void withoutStateInDataDir() {
        data.withoutState();
    }

    /**
     * Looks whether the key in the folder can be used, if it counts; makes none.
     *
     * @throws IllegalArgumentException if it cannot
     */
    void checkKey() {
        if (tunnelKey == null) {
            data.checkKey();
        }
    }

    /** The state file of a server that is alone; null where there is none. */
    @Nullable Path stateFile() {
        return life.stateFile() == null ? data.state() : life.stateFile();
    }

    /** The most links of agents at a time; 10,000 unless set. */
    public TunnelServerBuilder maxLinks(int number) {
        maxLinks = number;
        return this;
    }

    /**
     * How long a request waits for an agent that has gone within the last minute; three times as
     * long in the server's own first minute. 5 s unless set, zero for not at all.
     */
    public TunnelServerBuilder bridgeTime(Duration atMost) {
        bridgeTime = atMost;
        return this;
    }

    /**
     * After how long what stands in front cuts an agent's link. Zero for never, unless set.
     *
     * @throws IllegalArgumentException if it is not in whole seconds, or below 2 s
     */
    public TunnelServerBuilder linkLifetime(Duration time) {
        linkLifetime = new LinkLifetime(time);
        return this;
    }

    TunnelLife life() {
        return life;
    }

    /** How long secrets and tunnels live; {@link TunnelLife#DEFAULT} unless set. */
    public TunnelServerBuilder life(TunnelLife times) {
        life = times;
        return this;
    }

    /**
     * Whether links are signed: {@code required}, {@code allowed} or {@code off}; {@code allowed}
     * unless set.
     *
     * @throws IllegalArgumentException if it is another word
     */
    public TunnelServerBuilder signed(String word) {
        signed = SignedMode.parse(word);
        return this;
    }

    /** How many proxies stand in front whose {@code X-Forwarded-For} is believed; 0 unless set. */
    public TunnelServerBuilder trustedHops(int number) {
        trustedHops = number;
        return this;
    }

    /**
     * How requests for paths from the root are led back under the prefix of the page that sent
     * them: {@code referer}, {@code cookie} or {@code off}; {@code referer} unless set.
     *
     * @throws IllegalArgumentException if it is another word
     */
    public TunnelServerBuilder rootFallback(String mode) {
        naming.rootFallback(mode);
        return this;
    }

    /**
     * Whether {@code Location}, cookie paths and the like get the prefix under which the public
     * sees the local service; true unless set.
     */
    public TunnelServerBuilder rewritePrefix(boolean rewrites) {
        naming.rewritePrefix(rewrites);
        return this;
    }

    /**
     * Whether public clients may speak HTTP/2, over which some of what HTTP/1.1 keeps is lost;
     * docs/http2.md. False unless set.
     */
    public TunnelServerBuilder http2(boolean spoken) {
        http2 = spoken;
        return this;
    }

    /**
     * Whether answers of known length over 31 MiB go out chunked, since Cloud Run refuses those
     * over 32 MiB otherwise; false unless set, true on Cloud Run.
     */
    public TunnelServerBuilder chunkLargeAnswers(boolean chunks) {
        chunksLargeAnswers = chunks;
        return this;
    }

    /**
     * Gives each tunnel the host {@code {id}.domain}, besides its path.
     *
     * @param domain such as {@code tunnels.example.com}, below which all names lead here
     * @throws IllegalArgumentException if the name is malformed
     */
    public TunnelServerBuilder hostDomain(String domain) {
        naming.hostDomain(domain);
        return this;
    }

    /**
     * Gives tunnels hosts of their own, one by one, besides their paths.
     *
     * @param idsByHost the ids of tunnels by host names, which have to lead here; of several names
     *     of one tunnel its public URL has the first
     * @throws IllegalArgumentException if a name or an id is malformed
     */
    public TunnelServerBuilder hostNames(Map<String, String> idsByHost) {
        naming.hostNames(idsByHost);
        return this;
    }

    /** The memory for bodies on their way, in bytes; half of the heap unless set. */
    public TunnelServerBuilder memoryBudget(long bytes) {
        memoryBudgetBytes = bytes;
        return this;
    }

    /**
     * Joins this server with all others of the same Redis or Valkey; docs/relay.md. They need the
     * same {@link #tunnelKey}. The server starts without it, too, and finds it later.
     *
     * @param url such as {@code redis://:password@host:6379}, or {@code rediss://} over TLS
     * @throws IllegalArgumentException if it is malformed
     */
    public TunnelServerBuilder redisUrl(String url) {
        joining.redis(url);
        return this;
    }

    /**
     * Which part of the work this server does: {@code all}, or one of two that the broker joins.
     * With {@code public} it answers the public, by way of servers that agents are connected to;
     * with {@code agents} it takes agents, and needs {@link #publicBaseUrl} to tell them where the
     * public is served. {@code all} unless set; docs/relay.md.
     *
     * @throws IllegalArgumentException if it is another word
     */
    public TunnelServerBuilder role(String word) {
        joining.role(word);
        return this;
    }

    void checkRole() {
        joining.check(publicBaseUrl != null);
    }

    /**
     * Carries what servers send each other by way of a NATS server, in place of the Redis or Valkey
     * of {@link #redisUrl}, which has to be set before and keeps the rest.
     *
     * @param url such as {@code nats://name:password@host:4222} or {@code nats://token@host:4222},
     *     or {@code tls://} over TLS; several servers of a cluster with commas between
     * @throws IllegalArgumentException if it is malformed
     * @throws IllegalStateException if there is no Redis
     */
    public TunnelServerBuilder natsUrl(String url) {
        joining.nats(url);
        return this;
    }

    TunnelServerBuilder engine(Supplier<Engine> joins) {
        joining.engine(joins);
        return this;
    }

    /** Who may use tunnels, and how much of them; anybody unless set. */
    public TunnelServerBuilder access(AccessControl control) {
        access = control;
        return this;
    }

    /** How many tunnels there may be; {@link RegistrationLimits#DEFAULT} unless set. */
    public TunnelServerBuilder registrations(RegistrationLimits most) {
        registrations = most;
        return this;
    }

    /**
     * Has {@link #start} speak TLS; a listener that is installed into has its application's own.
     * With client authorities also has agents show a certificate, on any listener that asks for
     * one.
     */
    public TunnelServerBuilder tls(ServerTls files) {
        tls = files;
        return this;
    }

    /** The limits of links and requests. */
    public TunnelServerBuilder limits(Limits values) {
        limits = values;
        return this;
    }

    /** What operators see: request log, admin listener with metrics; docs/observe.md. */
    public TunnelServerBuilder observation(Observation what) {
        observation = what;
        return this;
    }

    /** What public clients may take their time for; for tests. */
    TunnelServerBuilder clientLimits(ClientLimits values) {
        clientLimits = values;
        return this;
    }

    /**
     * The service's name on Cloud Run ({@code K_SERVICE}): one proxy in front is trusted, at most
     * 600 links are taken, which live 290 s, large answers go out chunked, and error texts show the
     * commands that work there.
     */
    public TunnelServerBuilder cloudRunService(String name) {
        cloudRunService = name;
        trustedHops = 1;
        maxLinks = 600; // of 1000 concurrent requests at most
        linkLifetime = new LinkLifetime(Duration.ofSeconds(290)); // it cuts requests after 300 s
        chunksLargeAnswers = true;
        return this;
    }

    /**
     * Takes all values that the settings have.
     *
     * @throws io.cloudtunnel.program.SettingException if one is wrong
     */
    TunnelServerBuilder settings(Settings settings) {
        ServerSettings.apply(settings, this);
        return this;
    }

    Map<String, String> apiKeys() {
        return apiKeys;
    }

    Limits limits() {
        return limits;
    }

    TunnelServerBuilder registration(RegistrationPolicy.Mode mode) {
        registration = mode;
        return this;
    }

    @Nullable HostMode hosts() {
        return naming.hosts(publicBaseUrl);
    }

    /**
     * A server that is not started yet.
     *
     * @throws IllegalArgumentException if values do not go together, or files cannot be used
     */
    public TunnelServer build() {
        checkRole();
        Path state = joining.engine() == null ? stateFile() : life.stateFile();
        return new TunnelServer(
                new TunnelServerConfig(
                        joining.role(),
                        host,
                        port,
                        publicBaseUrl,
                        registration,
                        apiKeys,
                        tunnelKey == null ? data.key() : tunnelKey,
                        cloudRunService,
                        maxLinks,
                        bridgeTime,
                        linkLifetime,
                        state == null ? life : life.withStateFile(state),
                        signed,
                        trustedHops,
                        memoryBudgetBytes,
                        naming.rootFallback(),
                        naming.rewritesPrefix(),
                        chunksLargeAnswers,
                        http2,
                        hosts(),
                        limits,
                        clientLimits == null ? ClientLimits.of(limits) : clientLimits,
                        observation,
                        access,
                        registrations,
                        tls,
                        joining.engine()));
    }

    /** Builds and starts a server of its own. */
    public TunnelServer start() {
        return build().start();
    }
}
