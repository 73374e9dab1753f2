package io.cloudtunnel.server;

import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Settings;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.server.auth.RegistrationPolicy;
import io.cloudtunnel.server.auth.TunnelKeys;
import io.cloudtunnel.server.connection.ClientLimits;
import io.cloudtunnel.server.prefix.HostMode;
import io.cloudtunnel.server.prefix.RootFallback;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects what a {@link TunnelServer} is built from. Not safe for use by several threads. */
public final class TunnelServerBuilder {

    private static final int MOST_LINKS = 10_000;
    private static final int MOST_LINKS_ON_CLOUD_RUN = 600; // of 1000 concurrent requests at most

    private String host = "0.0.0.0";
    private int port = 8080;
    private @Nullable URI publicBaseUrl;
    private RegistrationPolicy.@Nullable Mode registration;
    private Map<String, String> apiKeys = Map.of();
    private @Nullable String tunnelKey;
    private @Nullable String cloudRunService;
    private int maxLinks = MOST_LINKS;
    private int trustedHops;
    private long memoryBudgetBytes;
    private RootFallback.Mode rootFallback = RootFallback.Mode.REFERER;
    private boolean rewritesPrefix = true;
    private @Nullable HostMode hosts;
    private Limits limits = Limits.DEFAULT;
    private @Nullable ClientLimits clientLimits;

    TunnelServerBuilder() {}

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
     * least 32 characters; random unless set.
     *
     * @throws IllegalArgumentException if it has another form
     */
    public TunnelServerBuilder tunnelKey(String keys) {
        TunnelKeys.parse(keys);
        tunnelKey = keys;
        return this;
    }

    /** The most links of agents at a time; 10,000 unless set. */
    public TunnelServerBuilder maxLinks(int number) {
        maxLinks = number;
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
        rootFallback = RootFallback.Mode.parse(mode);
        return this;
    }

    /**
     * Whether {@code Location}, cookie paths and the like get the prefix under which the public
     * sees the local service; true unless set.
     */
    public TunnelServerBuilder rewritePrefix(boolean rewrites) {
        rewritesPrefix = rewrites;
        return this;
    }

    /**
     * Gives each tunnel the host {@code {id}.domain}, besides its path.
     *
     * @param domain such as {@code tunnels.example.com}, below which all names lead here
     * @param idsByHost further host names, each with the id of its tunnel
     * @throws IllegalArgumentException if a name or an id is malformed
     */
    public TunnelServerBuilder hostDomain(String domain, Map<String, String> idsByHost) {
        hosts = new HostMode(domain, idsByHost);
        return this;
    }

    /** The memory for bodies on their way, in bytes; half of the heap unless set. */
    public TunnelServerBuilder memoryBudget(long bytes) {
        memoryBudgetBytes = bytes;
        return this;
    }

    /** The limits of links and requests. */
    public TunnelServerBuilder limits(Limits values) {
        limits = values;
        return this;
    }

    /** What public clients may take their time for; for tests. */
    TunnelServerBuilder clientLimits(ClientLimits values) {
        clientLimits = values;
        return this;
    }

    /**
     * The service's name on Cloud Run ({@code K_SERVICE}): one proxy in front is trusted, at most
     * 600 links are taken, and error texts show the commands that work there.
     */
    public TunnelServerBuilder cloudRunService(String name) {
        cloudRunService = name;
        trustedHops = 1;
        maxLinks = MOST_LINKS_ON_CLOUD_RUN;
        return this;
    }

    /**
     * Takes all values that the settings have.
     *
     * @throws SettingException if one is wrong
     */
    TunnelServerBuilder settings(Settings settings) {
        port = settings.integer(ServerOptions.PORT, port, 0, 65535);
        URI base = settings.url(ServerOptions.PUBLIC_BASE_URL);
        publicBaseUrl = base == null ? publicBaseUrl : base;
        String keys = settings.text(ServerOptions.API_KEYS);
        if (keys != null) {
            try {
                apiKeys = RegistrationPolicy.parseKeys(keys);
            } catch (IllegalArgumentException e) {
                throw settings.wrong(ServerOptions.API_KEYS, String.valueOf(e.getMessage()));
            }
        }
        registration = registration(settings);
        String key = settings.text(ServerOptions.TUNNEL_KEY);
        if (key != null) {
            try {
                tunnelKey(key);
            } catch (IllegalArgumentException e) {
                throw settings.wrong(ServerOptions.TUNNEL_KEY, String.valueOf(e.getMessage()));
            }
        }
        prefixSettings(settings);
        maxLinks = settings.integer(ServerOptions.MAX_LINKS, maxLinks, 1, 1_000_000);
        trustedHops = settings.integer(ServerOptions.TRUSTED_HOPS, trustedHops, 0, 16);
        memoryBudgetBytes =
                settings.bytes(
                        ServerOptions.MEMORY_BUDGET, memoryBudgetBytes, 1 << 20, Long.MAX_VALUE);
        Duration time = settings.duration(ServerOptions.RESPONSE_TIMEOUT, limits.responseTimeout());
        long body =
                settings.bytes(
                        ServerOptions.JSON_BODY_LIMIT, limits.jsonBodyBytes(), 1024, 1 << 30);
        long text =
                settings.bytes(
                        ServerOptions.JSON_MAX_BODY,
                        limits.jsonMaxBody(),
                        0,
                        Limits.MOST_JSON_MAX_BODY);
        limits =
                limits.toBuilder()
                        .responseTimeout(time)
                        .jsonBodyBytes((int) body)
                        .jsonMaxBody((int) text)
                        .build();
        return this;
    }

    private void prefixSettings(Settings settings) {
        String mode = settings.word(ServerOptions.ROOT_FALLBACK, "referer", "cookie", "off");
        if (mode != null) {
            rootFallback(mode);
        }
        String rewrite = settings.word(ServerOptions.REWRITE_PREFIX, "true", "false");
        rewritesPrefix = rewrite == null ? rewritesPrefix : rewrite.equals("true");
        String domain = settings.text(ServerOptions.HOST_DOMAIN);
        if (domain != null) {
            try {
                hostDomain(domain, Map.of());
            } catch (IllegalArgumentException e) {
                throw settings.wrong(ServerOptions.HOST_DOMAIN, String.valueOf(e.getMessage()));
            }
        }
    }

    private RegistrationPolicy.@Nullable Mode registration(Settings settings) {
        String word = settings.word(ServerOptions.REGISTRATION, "open", "keys", "oidc", "mtls");
        if (word == null) {
            return registration;
        }
        return switch (word) {
            case "open" -> RegistrationPolicy.Mode.OPEN;
            case "keys" -> {
                if (apiKeys.isEmpty()) {
                    throw new SettingException(
                            "REGISTRATION is 'keys', but there are no API_KEYS; give them as"
                                    + " name:key,name:key");
                }
                yield RegistrationPolicy.Mode.KEYS;
            }
            default ->
                    throw settings.wrong(
                            ServerOptions.REGISTRATION, "open or keys in this version");
        };
    }

    /** A server that is not started yet. */
    public TunnelServer build() {
        return new TunnelServer(
                new TunnelServerConfig(
                        host,
                        port,
                        publicBaseUrl,
                        registration,
                        apiKeys,
                        tunnelKey,
                        cloudRunService,
                        maxLinks,
                        trustedHops,
                        memoryBudgetBytes,
                        rootFallback,
                        rewritesPrefix,
                        hosts,
                        limits,
                        clientLimits == null ? ClientLimits.of(limits) : clientLimits));
    }

    /** Builds and starts a server of its own. */
    public TunnelServer start() {
        return build().start();
    }
}
