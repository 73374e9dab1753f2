package io.cloudtunnel.server;

import io.cloudtunnel.program.ObserveOptions;
import io.cloudtunnel.program.Option;
import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Settings;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.server.auth.RegistrationPolicy;
import io.cloudtunnel.server.prefix.HostMode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** What becomes of a server's settings. */
final class ServerSettings {

    /** An agent may be away for as long to be started anew. */
    private static final Duration SHORTEST_EXPIRY = Duration.ofMinutes(1);

    private final Settings settings;
    private final TunnelServerBuilder builder;

    private ServerSettings(Settings settings, TunnelServerBuilder builder) {
        this.settings = settings;
        this.builder = builder;
    }

    /**
     * Sets what is given; everything else stays as the builder has it.
     *
     * @throws SettingException if a value is wrong
     */
    static void apply(Settings settings, TunnelServerBuilder builder) {
        ServerSettings all = new ServerSettings(settings, builder);
        all.server();
        all.registration();
        all.prefix();
        all.links();
        all.limits();
        all.instances();
        builder.observation(ObserveOptions.ofServer(settings));
        builder.access(AccessSettings.of(settings));
        builder.registrations(RegistrationOptions.limits(settings, all.keeps()));
        ServerTls tls = TlsSettings.of(settings);
        if (tls != null) {
            builder.tls(tls);
        }
    }

    private void server() {
        integer(ServerOptions.PORT, 0, 65535, builder::port);
        integer(ServerOptions.TRUSTED_HOPS, 0, 16, builder::trustedHops);
        URI base = settings.url(ServerOptions.PUBLIC_BASE_URL);
        if (base != null) {
            builder.publicBaseUrl(base);
        }
        set(ServerOptions.TUNNEL_KEY, builder::tunnelKey);
        set(ServerOptions.DATA_DIR, this::dataDir);
        flag(ServerOptions.HTTP2, builder::http2);
        flag(ServerOptions.CHUNK_LARGE_ANSWERS, builder::chunkLargeAnswers);
    }

    private void dataDir(String folder) {
        try {
            builder.dataDir(Path.of(folder));
        } catch (InvalidPathException e) {
            throw settings.wrong(ServerOptions.DATA_DIR, "the name of a folder");
        }
        try {
            builder.checkKey();
        } catch (IllegalArgumentException e) {
            throw new SettingException(String.valueOf(e.getMessage()));
        }
    }

    private void registration() {
        set(ServerOptions.API_KEYS, keys -> builder.apiKeys(RegistrationPolicy.parseKeys(keys)));
        set(ServerOptions.API_KEYS_FILE, this::keysOf);
        String word = settings.word(ServerOptions.REGISTRATION, "open", "keys", "oidc", "mtls");
        if (word != null) {
            builder.registration(mode(word));
        }
    }

    /** What a name has in both places is a mistake, not a choice. */
    private void keysOf(String file) {
        Map<String, String> all = new LinkedHashMap<>(builder.apiKeys());
        String text;
        try {
            text = Files.readString(Path.of(file));
        } catch (IOException | InvalidPathException e) {
            throw settings.wrong(ServerOptions.API_KEYS_FILE, "a file that can be read");
        }
        RegistrationPolicy.parseKeyLines(text)
                .forEach((name, key) -> {
                    if (all.put(name, key) != null) {
                        throw new IllegalArgumentException("names that are not in API_KEYS");
                    }
                });
        builder.apiKeys(all);
    }

    private RegistrationPolicy.Mode mode(String word) {
        return switch (word) {
            case "open" -> RegistrationPolicy.Mode.OPEN;
            case "keys" -> {
                if (builder.apiKeys().isEmpty()) {
                    throw new SettingException(
                            "REGISTRATION is 'keys', but there are no API_KEYS; give them as"
                                    + " name:key,name:key");
                }
                yield RegistrationPolicy.Mode.KEYS;
            }
            case "oidc" -> {
                if (settings.text(AccessOptions.AGENT_JWT_ISSUER) == null) {
                    throw new SettingException(
                            "REGISTRATION is 'oidc', but nothing says whose tokens count; set"
                                    + " AGENT_JWT_ISSUER, AGENT_JWT_AUDIENCE and AGENT_JWT_JWKS");
                }
                yield RegistrationPolicy.Mode.OPEN; // for whoever has got past that token
            }
            default -> RegistrationPolicy.Mode.OPEN; // for whoever has got past TLS_CLIENT_CA
        };
    }

    private void prefix() {
        String mode = settings.word(ServerOptions.ROOT_FALLBACK, "referer", "cookie", "off");
        if (mode != null) {
            builder.rootFallback(mode);
        }
        String rewrite = settings.word(ServerOptions.REWRITE_PREFIX, "true", "false");
        if (rewrite != null) {
            builder.rewritePrefix(rewrite.equals("true"));
        }
        set(ServerOptions.HOST_DOMAIN, builder::hostDomain);
        set(ServerOptions.HOST_NAMES, text -> builder.hostNames(HostMode.parse(text)));
        try {
            HostMode ignored = builder.hosts();
        } catch (IllegalArgumentException e) {
            throw new SettingException(String.valueOf(e.getMessage()));
        }
    }

    private void links() {
        integer(ServerOptions.MAX_LINKS, 1, 1_000_000, builder::maxLinks);
        if (!"auto".equalsIgnoreCase(settings.text(ServerOptions.LINK_LIFETIME))) {
            Duration life = settings.duration(ServerOptions.LINK_LIFETIME, Duration.ZERO);
            set(ServerOptions.LINK_LIFETIME, text -> builder.linkLifetime(life));
        }
        durationOrOff(ServerOptions.BRIDGE_TIME, builder::bridgeTime);
        life();
        set(ServerOptions.SIGNED, builder::signed);
    }

    private void life() {
        durationOrOff(
                ServerOptions.ROTATE_GRACE,
                grace -> builder.life(builder.life().withRotateGrace(grace)));
        set(ServerOptions.STATE_FILE, this::stateFile);
        durationOrOff(ServerOptions.TUNNEL_EXPIRY, this::expiry);
    }

    private void stateFile(String file) {
        if (file.equalsIgnoreCase("off")) {
            builder.withoutStateInDataDir();
            return;
        }
        if (settings.text(ServerOptions.REDIS_URL) != null) {
            throw new SettingException(
                    "STATE_FILE is for one server alone; with REDIS_URL the same is kept in Redis:"
                            + " leave one of them out");
        }
        try {
            builder.life(builder.life().withStateFile(Path.of(file)));
        } catch (InvalidPathException e) {
            throw settings.wrong(ServerOptions.STATE_FILE, "the name of a file, or off");
        }
    }

    /** Whether what is done to tunnels is kept anywhere. */
    private boolean keeps() {
        return settings.text(ServerOptions.REDIS_URL) != null || builder.stateFile() != null;
    }

    private void expiry(Duration time) {
        if (!time.isZero() && time.compareTo(SHORTEST_EXPIRY) < 0) {
            throw settings.wrong(ServerOptions.TUNNEL_EXPIRY, "a time from 1m, or off");
        }
        if (!time.isZero() && !keeps()) {
            throw new SettingException(
                    "TUNNEL_EXPIRY needs to know when a tunnel was used last, which is kept in"
                            + " Redis or in a file: set REDIS_URL, STATE_FILE or DATA_DIR, too");
        }
        builder.life(builder.life().withExpiry(time));
    }

    private void durationOrOff(Option option, Consumer<Duration> setter) {
        String text = settings.text(option);
        if ("off".equalsIgnoreCase(text)) {
            setter.accept(Duration.ZERO);
        } else if (text != null) {
            setter.accept(settings.duration(option, Duration.ZERO));
        }
    }

    private void instances() {
        set(ServerOptions.ROLE, builder::role);
        String redis = settings.text(ServerOptions.REDIS_URL);
        String nats = settings.text(ServerOptions.NATS_URL);
        if (redis != null) {
            redis(redis, nats);
        } else if (nats != null) {
            throw new SettingException(
                    "NATS_URL carries what servers send each other; which of them has a"
                            + " tunnel's agent is kept in Redis: set REDIS_URL, too");
        }
        try {
            builder.checkRole();
        } catch (IllegalArgumentException e) {
            throw new SettingException(String.valueOf(e.getMessage()));
        }
    }

    private void redis(String redis, @Nullable String nats) {
        if (settings.text(ServerOptions.TUNNEL_KEY) == null
                && settings.text(ServerOptions.DATA_DIR) == null) {
            throw new SettingException(
                    "REDIS_URL joins several servers, which need the same TUNNEL_KEY; set it to the"
                            + " output of: openssl rand -hex 32");
        }
        try {
            builder.redisUrl(redis);
        } catch (IllegalArgumentException e) {
            throw settings.wrong(
                    ServerOptions.REDIS_URL, "a URL that begins with redis:// or rediss://");
        }
        if (nats != null) {
            try {
                builder.natsUrl(nats);
            } catch (IllegalArgumentException e) {
                throw settings.wrong(
                        ServerOptions.NATS_URL,
                        "a URL that begins with nats:// or tls:// and has a host");
            }
        }
    }

    private void limits() {
        if (settings.text(ServerOptions.MEMORY_BUDGET) != null) {
            builder.memoryBudget(
                    settings.bytes(ServerOptions.MEMORY_BUDGET, 0, 1 << 20, Long.MAX_VALUE));
        }
        Limits limits = builder.limits();
        long body =
                settings.bytes(
                        ServerOptions.JSON_BODY_LIMIT, limits.jsonBodyBytes(), 1024, 1 << 30);
        long text =
                settings.bytes(
                        ServerOptions.JSON_MAX_BODY,
                        limits.jsonMaxBody(),
                        0,
                        Limits.MOST_JSON_MAX_BODY);
        builder.limits(
                limits.toBuilder()
                        .responseTimeout(
                                settings.duration(
                                        ServerOptions.RESPONSE_TIMEOUT, limits.responseTimeout()))
                        .jsonBodyBytes((int) body)
                        .jsonMaxBody((int) text)
                        .build());
    }

    private void integer(Option option, int least, int most, IntConsumer setter) {
        if (settings.text(option) != null) {
            setter.accept(settings.integer(option, least, least, most));
        }
    }

    private void flag(Option option, Consumer<Boolean> setter) {
        if (settings.text(option) != null) {
            setter.accept(settings.flag(option, false));
        }
    }

    private void set(Option option, Consumer<String> setter) {
        String value = settings.text(option);
        if (value != null) {
            try {
                setter.accept(value);
            } catch (IllegalArgumentException e) {
                throw settings.wrong(option, String.valueOf(e.getMessage()));
            }
        }
    }
}
