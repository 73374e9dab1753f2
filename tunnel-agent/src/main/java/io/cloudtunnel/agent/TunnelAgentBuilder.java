package io.cloudtunnel.agent;

import io.cloudtunnel.agent.connect.Mode;
import io.cloudtunnel.agent.connect.OperatorToken;
import io.cloudtunnel.agent.connect.Passes;
import io.cloudtunnel.agent.connect.Proxies;
import io.cloudtunnel.agent.connect.ServerAddress;
import io.cloudtunnel.agent.connect.Signing;
import io.cloudtunnel.agent.local.HostRule;
import io.cloudtunnel.agent.local.LocalAddress;
import io.cloudtunnel.agent.store.Credentials;
import io.cloudtunnel.agent.store.CredentialsStore;
import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.program.Program;
import io.cloudtunnel.program.Settings;
import io.cloudtunnel.protocol.frame.Limits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects what an agent needs. Each method checks its value and throws {@link
 * IllegalArgumentException}, whose message says what it must be. Not safe for use by several
 * threads.
 */
public final class TunnelAgentBuilder {

    private @Nullable ServerAddress server;
    private @Nullable LocalAddress local;
    private @Nullable LocalHandler handler;
    private HostRule host = HostRule.LOCAL;
    private @Nullable String apiKey;
    private @Nullable Path credentialsFile;
    private Identity.@Nullable Given given;
    private String name = "";
    private @Nullable Path serverAuthorities;
    private @Nullable Path localAuthorities;
    private boolean localInsecure;
    private Mode mode = Mode.AUTO;
    private Signing signing = Signing.OFF;
    private OperatorToken token = OperatorToken.NONE;
    private @Nullable Duration rotation;
    private Entrance entrance = Entrance.OPEN;
    private int links = AgentOptions.DEFAULT_LINKS;
    private boolean exclusive;
    private String access = "";
    private Limits limits = Limits.DEFAULT;
    private long memoryBudgetBytes;
    private Map<String, String> environment = System.getenv();
    private AgentListener listener = new AgentListener() {};
    private Observation observation = Observation.DEFAULT;
    private @Nullable Inspection inspection;
    private @Nullable Company company;
    private Pace pace = Pace.REAL;

    TunnelAgentBuilder() {}

    /** The server's URL, such as {@code https://tunnel.example.com}. Required. */
    public TunnelAgentBuilder server(String url) {
        server = ServerAddress.of(URI.create(url));
        return this;
    }

    /** The wire mode: {@code auto} unless set, {@code binary} or {@code json}. */
    public TunnelAgentBuilder mode(String word) {
        mode = Mode.valueOf(word.toUpperCase(Locale.ROOT));
        return this;
    }

    /**
     * Whether links are signed: {@code off} unless set, {@code auto} where the server speaks it, or
     * {@code required}: then the secret is sent nowhere. Not in JSON mode.
     */
    public TunnelAgentBuilder signed(String word) {
        signing = Signing.parse(word);
        return this;
    }

    /**
     * A file with a JWT, for a server whose operator asks agents for one besides; it is read for
     * each link.
     */
    public TunnelAgentBuilder tokenFile(Path file) {
        token = new OperatorToken(file);
        return this;
    }

    /**
     * What it takes to get to the server where more than a key is asked for; nothing unless set.
     */
    public TunnelAgentBuilder entrance(Entrance what) {
        entrance = what;
        return this;
    }

    /** How many links it keeps in binary mode, 1 to 16; 2 unless set. JSON mode has one. */
    public TunnelAgentBuilder links(int count) {
        if (count < 1 || count > AgentOptions.MOST_LINKS) {
            throw new IllegalArgumentException("1 to " + AgentOptions.MOST_LINKS + " links");
        }
        links = count;
        return this;
    }

    /**
     * Whether it takes the tunnel over from other agents of it, instead of sharing the requests
     * with them; false unless set. Of several such agents the newest has the tunnel. One that has
     * been replaced takes no more over, but serves again once the other one has gone. Of no effect
     * in JSON mode, where the newest always takes over.
     */
    public TunnelAgentBuilder exclusive(boolean alone) {
        exclusive = alone;
        return this;
    }

    /**
     * Who may use the tunnel, as JSON; docs/access.md. The server enforces it. Such a tunnel needs
     * binary mode, and is open to nobody at a server that heeds no policies. Anybody may unless
     * set.
     */
    public TunnelAgentBuilder access(String policy) {
        access = AccessRules.checked(policy);
        return this;
    }

    /** The local service: a URL without path, or a port of this machine. This or a handler. */
    public TunnelAgentBuilder local(String urlOrPort) {
        local = LocalAddress.parse(urlOrPort);
        handler = null;
        return this;
    }

    /** A local service within this program, which needs no port. The last one given counts. */
    public TunnelAgentBuilder local(LocalHandler service) {
        handler = service;
        return this;
    }

    /** The {@code Host} that the local service gets: {@code local}, {@code public}, or a name. */
    public TunnelAgentBuilder host(String rule) {
        host = HostRule.parse(rule);
        return this;
    }

    /** The key for registering, where the server asks for one. */
    public TunnelAgentBuilder apiKey(String key) {
        if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("visible ASCII characters without spaces");
        }
        apiKey = key;
        return this;
    }

    /**
     * The file that keeps the credentials, and with them the public URL; unless set, {@code
     * cloudtunnel/credentials.json} below {@code XDG_CONFIG_HOME} or {@code ~/.config}.
     */
    public TunnelAgentBuilder credentialsFile(Path file) {
        credentialsFile = file;
        return this;
    }

    /** A tunnel's credentials; then no file is read or written, and nothing registered. */
    public TunnelAgentBuilder credentials(String id, String secret) {
        Credentials pair = new Credentials(id, secret, null, null);
        given = () -> pair;
        return this;
    }

    /** The same, with the secret in a file, which is read again where the server refuses it. */
    public TunnelAgentBuilder credentials(String id, Path secretFile) {
        given = () -> SecretFile.read(id, secretFile);
        return this;
    }

    /**
     * How old the secret may become, from 1 minute: then the agent has it replaced by the next one.
     * The server has to keep something (Redis or a file) for it, else the agent says that it does
     * not, and goes on. Never unless set, and not with credentials given by hand.
     */
    public TunnelAgentBuilder rotateEvery(Duration age) {
        if (age.compareTo(Rotation.SHORTEST) < 0) {
            throw new IllegalArgumentException("a time from 1m");
        }
        rotation = age;
        return this;
    }

    /**
     * Asks for this name as the tunnel's id, and tells the tunnels of one server apart in the
     * credentials' file. Where the server does not give it, the tunnel has another id, and the log
     * says why.
     */
    public TunnelAgentBuilder name(String tunnelName) {
        name = tunnelName;
        return this;
    }

    /** A PEM file of authorities for the server, instead of the platform's. */
    public TunnelAgentBuilder serverAuthorities(Path pem) {
        serverAuthorities = pem;
        return this;
    }

    /** A PEM file of authorities for the local service, instead of the platform's. */
    public TunnelAgentBuilder localAuthorities(Path pem) {
        localAuthorities = pem;
        return this;
    }

    /** Whether any certificate of the local service is accepted, also a self-signed one. */
    public TunnelAgentBuilder localInsecure(boolean insecure) {
        localInsecure = insecure;
        return this;
    }

    /** From the last byte of a request to the head of the local service's response; 30 s. */
    public TunnelAgentBuilder responseTimeout(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("a time above 0");
        }
        limits = limits.toBuilder().responseTimeout(time).build();
        return this;
    }

    /** The limits of links and requests, all at once. */
    public TunnelAgentBuilder limits(Limits values) {
        limits = values;
        return this;
    }

    /** The largest body that is carried, in bytes, up to 512 MiB; 64 MiB unless set. */
    public TunnelAgentBuilder jsonBodyLimit(int bytes) {
        if (bytes < 1 || bytes > AgentOptions.LARGEST_JSON_BODY) {
            throw new IllegalArgumentException("1 to " + AgentOptions.LARGEST_JSON_BODY + " bytes");
        }
        limits = limits.toBuilder().jsonBodyBytes(bytes).build();
        return this;
    }

    /** The largest request body taken in JSON form in binary mode, in bytes up to 64 KiB; 4 KiB. */
    public TunnelAgentBuilder jsonMaxBody(int bytes) {
        if (bytes < 0 || bytes > Limits.MOST_JSON_MAX_BODY) {
            throw new IllegalArgumentException("0 to " + Limits.MOST_JSON_MAX_BODY + " bytes");
        }
        limits = limits.toBuilder().jsonMaxBody(bytes).build();
        return this;
    }

    /** The bytes of requests and responses that may be held; half of the heap unless set. */
    public TunnelAgentBuilder memoryBudget(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("at least 1 byte");
        }
        memoryBudgetBytes = bytes;
        return this;
    }

    /**
     * Where {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code NO_PROXY} and {@code XDG_CONFIG_HOME}
     * are looked up; the process's environment unless set.
     */
    public TunnelAgentBuilder environment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
        return this;
    }

    /** Who is told what happens. */
    public TunnelAgentBuilder listener(AgentListener told) {
        listener = told;
        return this;
    }

    /** What operators see: request log and admin listener; docs/observe.md. */
    public TunnelAgentBuilder observation(Observation what) {
        observation = what;
        return this;
    }

    /** A page that shows the last requests, secrets among them; none unless set. */
    public TunnelAgentBuilder inspect(Inspection where) {
        inspection = where;
        return this;
    }

    /**
     * Options by the names that {@code application.yaml} has, such as {@code server}, {@code
     * response-timeout}: for programs that keep them in a configuration of their own. Before the
     * other methods, which win then.
     *
     * @throws io.cloudtunnel.program.SettingException if one is unknown or wrong
     */
    public TunnelAgentBuilder options(Map<String, String> values) {
        AgentOptions.apply(Settings.of(AgentOptions.ALL, values), this);
        return this;
    }

    /** One of several of its program: with budget and observatory of theirs. */
    TunnelAgentBuilder among(Company others) {
        company = others;
        return this;
    }

    TunnelAgentBuilder pace(Pace other) {
        pace = other;
        return this;
    }

    /**
     * Starts the agent, and does not wait for its link.
     *
     * @throws IllegalArgumentException if something is missing, or the local service is the server
     * @throws IOException if a file cannot be used; the message says which and why
     */
    public TunnelAgent start() throws IOException {
        TunnelAgentConfig config = config();
        TunnelAgent agent = new TunnelAgent(config, identity(config.server()));
        agent.begin();
        return agent;
    }

    /** Throws what {@link #start} would throw, as far as that can be known beforehand. */
    void check() throws IOException {
        Identity ignored = identity(config().server());
    }

    private TunnelAgentConfig config() throws IOException {
        LocalEnd end = end();
        if (server == null || end == null) {
            throw new IllegalArgumentException("server and local have to be given");
        }
        if (signing == Signing.REQUIRED && mode == Mode.JSON) {
            throw new IllegalArgumentException(
                    "--signed required and --mode json do not go together: JSON mode has no signed"
                            + " links");
        }
        if (rotation != null && (given != null || signing == Signing.REQUIRED)) {
            throw new IllegalArgumentException(
                    "rotate-every does not go with "
                            + (given != null ? "credentials given by hand" : "--signed required")
                            + ": the next secret comes from the server, over the network, and is"
                            + " kept in the credentials' file");
        }
        if (!access.isEmpty() && mode == Mode.JSON) {
            throw new IllegalArgumentException(
                    "JSON mode cannot carry who may use the tunnel: leave out mode json, or"
                            + " access");
        }
        end.check(server);
        Proxies proxies = new Proxies(environment);
        proxies.check(server);
        return new TunnelAgentConfig(
                server,
                end,
                entrance.shownBy(trust(serverAuthorities), server),
                proxies,
                apiKey,
                name,
                "cloudtunnel-agent/" + Program.version(),
                access.isEmpty() ? mode : Mode.BINARY,
                signing,
                new Passes(token, entrance.iam(server, environment)),
                rotation,
                links,
                exclusive,
                access,
                limits,
                memoryBudgetBytes,
                listener,
                observation,
                inspection == null ? null : inspection.withToken(file()),
                company,
                pace);
    }

    private @Nullable LocalEnd end() throws IOException {
        if (handler != null) {
            return new LocalEnd.Handler(handler);
        }
        return local == null
                ? null
                : new LocalEnd.Address(
                        local, host, localInsecure ? Trust.anybody() : trust(localAuthorities));
    }

    private Identity identity(ServerAddress of) throws IOException {
        if (given != null) {
            return Identity.given(given);
        }
        String entry = name.isEmpty() && company != null ? company.name() : name;
        return Identity.kept(new CredentialsStore(file(), of.toString(), entry));
    }

    private Path file() {
        return credentialsFile == null
                ? CredentialsStore.defaultFile(environment)
                : credentialsFile;
    }

    private static Trust trust(@Nullable Path authorities) throws IOException {
        return authorities == null ? Trust.platform() : Trust.authorities(authorities);
    }
}
