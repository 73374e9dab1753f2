package io.cloudtunnel.server;

import io.cloudtunnel.program.Option;
import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Settings;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.server.agents.LinkLifetime;
import io.cloudtunnel.server.auth.RegistrationPolicy;
import io.cloudtunnel.server.auth.TunnelKeys;
import io.cloudtunnel.server.connection.ClientLimits;
import io.cloudtunnel.server.prefix.HostMode;
import io.cloudtunnel.server.prefix.RootFallback;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
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
    private Duration bridgeTime = Duration.ofSeconds(5);
    private LinkLifetime linkLifetime = LinkLifetime.UNLIMITED;
    private int trustedHops;
    private long memoryBudgetBytes;
    private RootFallback.Mode rootFallback = RootFallback.Mode.REFERER;
    private boolean rewritesPrefix = true;
    private boolean chunksLargeAnswers;
    private boolean http2;
    private @Nullable String hostDomain;
    private Map<String, String> hostNames = Map.of();
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
        HostMode.check(domain, Map.of());
        hostDomain = domain;
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
        HostMode.check(null, idsByHost);
        hostNames = Collections.unmodifiableMap(new LinkedHashMap<>(idsByHost));
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
     * 600 links are taken, which live 290 s, large answers go out chunked, and error texts show the
     * commands that work there.
     */
    public TunnelServerBuilder cloudRunService(String name) {
        cloudRunService = name;
        trustedHops = 1;
        maxLinks = MOST_LINKS_ON_CLOUD_RUN;
        linkLifetime = new LinkLifetime(Duration.ofSeconds(290)); // it cuts requests after 300 s
        chunksLargeAnswers = true;
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
        set(settings, ServerOptions.API_KEYS, keys -> apiKeys = RegistrationPolicy.parseKeys(keys));
        registration = registration(settings);
        set(settings, ServerOptions.TUNNEL_KEY, this::tunnelKey);
        prefixSettings(settings);
        linkSettings(settings);
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

    private void linkSettings(Settings settings) {
        maxLinks = settings.integer(ServerOptions.MAX_LINKS, maxLinks, 1, 1_000_000);
        if (!"auto".equalsIgnoreCase(settings.text(ServerOptions.LINK_LIFETIME))) {
            Duration life = settings.duration(ServerOptions.LINK_LIFETIME, linkLifetime.total());
            set(settings, ServerOptions.LINK_LIFETIME, text -> linkLifetime(life));
        }
        boolean off = "off".equalsIgnoreCase(settings.text(ServerOptions.BRIDGE_TIME));
        bridgeTime = off ? Duration.ZERO : settings.duration(ServerOptions.BRIDGE_TIME, bridgeTime);
    }

    private void prefixSettings(Settings settings) {
        String mode = settings.word(ServerOptions.ROOT_FALLBACK, "referer", "cookie", "off");
        if (mode != null) {
            rootFallback(mode);
        }
        String rewrite = settings.word(ServerOptions.REWRITE_PREFIX, "true", "false");
        rewritesPrefix = rewrite == null ? rewritesPrefix : rewrite.equals("true");
        http2 = settings.flag(ServerOptions.HTTP2, http2);
        chunksLargeAnswers = settings.flag(ServerOptions.CHUNK_LARGE_ANSWERS, chunksLargeAnswers);
        set(settings, ServerOptions.HOST_DOMAIN, this::hostDomain);
        set(settings, ServerOptions.HOST_NAMES, text -> hostNames(HostMode.parse(text)));
        try {
            HostMode ignored = hosts();
        } catch (IllegalArgumentException e) {
            throw new SettingException(String.valueOf(e.getMessage()));
        }
    }

    private static void set(Settings settings, Option option, Consumer<String> setter) {
        String value = settings.text(option);
        if (value != null) {
            try {
                setter.accept(value);
            } catch (IllegalArgumentException e) {
                throw settings.wrong(option, String.valueOf(e.getMessage()));
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

    private @Nullable HostMode hosts() {
        if (hostDomain == null && hostNames.isEmpty()) {
            return null;
        }
        HostMode hosts = new HostMode(hostDomain, hostNames);
        if (publicBaseUrl != null && hosts.tunnelOf(publicBaseUrl.getHost()) != null) {
            throw new IllegalArgumentException(
                    "the host of PUBLIC_BASE_URL is given to a tunnel: then nothing of the server"
                            + " itself could be reached there");
        }
        return hosts;
    }

    /**
     * A server that is not started yet.
     *
     * @throws IllegalArgumentException if values do not go together
     */
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
                        bridgeTime,
                        linkLifetime,
                        trustedHops,
                        memoryBudgetBytes,
                        rootFallback,
                        rewritesPrefix,
                        chunksLargeAnswers,
                        http2,
                        hosts(),
                        limits,
                        clientLimits == null ? ClientLimits.of(limits) : clientLimits));
    }

    /** Builds and starts a server of its own. */
    public TunnelServer start() {
        return build().start();
    }
}
