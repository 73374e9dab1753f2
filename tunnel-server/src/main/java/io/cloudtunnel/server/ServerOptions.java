package io.cloudtunnel.server;

import io.cloudtunnel.program.ObserveOptions;
import io.cloudtunnel.program.Option;
import java.util.List;
import java.util.stream.Stream;

/** The server's options: the one place where their names stand. */
final class ServerOptions {

    static final Option PORT =
            Option.of("port", "PORT", "N", "Port to listen on; 0 for any free one.")
                    .otherwise("8080");
    static final Option PUBLIC_BASE_URL =
            Option.of(
                            "public-base-url",
                            "PUBLIC_BASE_URL",
                            "URL",
                            "Where the public finds this server.")
                    .otherwiseAs("as the registering agent sees it");
    static final Option REGISTRATION =
            Option.of(
                            "registration",
                            "REGISTRATION",
                            "open|keys|oidc|mtls",
                            "Who may register: anybody, whoever has one of API_KEYS, a token of "
                                    + "AGENT_JWT_ISSUER, or a certificate of TLS_CLIENT_CA.")
                    .otherwiseAs("keys where there are API keys, else open to this machine only");
    static final Option API_KEYS =
            Option.secret(
                    "api-keys", "API_KEYS", "NAME:KEY,...", "Keys of those who may register.");
    static final Option API_KEYS_FILE =
            Option.of(
                    "api-keys-file",
                    "API_KEYS_FILE",
                    "FILE",
                    "More of them, NAME:KEY in each line; instead of a key its hash may stand"
                            + " there, as sha256:HEX.");
    static final Option TUNNEL_KEY =
            Option.secret(
                            "tunnel-key",
                            "TUNNEL_KEY",
                            "KEY | ID:KEY,...",
                            "Signs ids and secrets, so that they survive a restart; the "
                                    + "first of several signs.")
                    .otherwiseAs("the one in DATA_DIR, else a new one at each start");
    static final Option DATA_DIR =
            Option.of(
                    "data-dir",
                    "DATA_DIR",
                    "FOLDER",
                    "Keeps what has to survive a restart: the key, unless TUNNEL_KEY is given, and"
                            + " the state, unless STATE_FILE or REDIS_URL is.");
    static final Option MAX_LINKS =
            Option.of("max-links", "MAX_LINKS", "N", "Links of agents at a time.")
                    .otherwiseAs("10000, 600 on Cloud Run");
    static final Option LINK_LIFETIME =
            Option.of(
                            "link-lifetime",
                            "LINK_LIFETIME",
                            "DURATION|auto",
                            "After how long what stands in front cuts an agent's link, in "
                                    + "whole seconds; auto is 290s on Cloud Run, else never.")
                    .otherwise("auto");
    static final Option BRIDGE_TIME =
            Option.of(
                            "bridge-time",
                            "BRIDGE_TIME",
                            "DURATION|off",
                            "How long a request waits for an agent that has just gone; "
                                    + "three times as long in the server's first minute.")
                    .otherwise("5s");
    static final Option ROTATE_GRACE =
            Option.of(
                            "rotate-grace",
                            "ROTATE_GRACE",
                            "DURATION|off",
                            "How long a secret that was rotated away still counts.")
                    .otherwise("5m");
    static final Option TUNNEL_EXPIRY =
            Option.of(
                            "tunnel-expiry",
                            "TUNNEL_EXPIRY",
                            "DURATION|off",
                            "After how long without an agent a tunnel is deleted, from "
                                    + "1m; needs REDIS_URL or STATE_FILE.")
                    .otherwise("off");
    static final Option STATE_FILE =
            Option.of(
                            "state-file",
                            "STATE_FILE",
                            "FILE|off",
                            "Keeps which tunnels were deleted, which secrets rotated away and whose"
                                    + " names are, of a server that is alone, without REDIS_URL.")
                    .otherwiseAs("state in DATA_DIR, else off");
    static final Option SIGNED =
            Option.of(
                            "signed",
                            "SIGNED",
                            "required|allowed|off",
                            "Whether agents' links are signed, against whoever ends TLS "
                                    + "in between.")
                    .otherwise("allowed");
    static final Option RESPONSE_TIMEOUT =
            Option.of(
                            "response-timeout",
                            "RESPONSE_TIMEOUT",
                            "DURATION",
                            "From a request's last byte to its answer.")
                    .otherwise("30s");
    static final Option JSON_BODY_LIMIT =
            Option.of(
                            "json-body-limit",
                            "JSON_BODY_LIMIT",
                            "BYTES",
                            "Largest body in JSON mode, from 1KiB to 1GiB.")
                    .otherwise("64MiB");
    static final Option JSON_MAX_BODY =
            Option.of(
                            "json-max-body",
                            "JSON_MAX_BODY",
                            "BYTES",
                            "Largest body taken in JSON form in binary mode, up to 64KiB; "
                                    + "0 for none.")
                    .otherwise("4KiB");
    static final Option MEMORY_BUDGET =
            Option.of(
                            "memory-budget",
                            "MEMORY_BUDGET",
                            "BYTES",
                            "Memory for bodies on their way, from 1MiB.")
                    .otherwiseAs("half of the heap");
    static final Option TRUSTED_HOPS =
            Option.of(
                            "trusted-hops",
                            "TRUSTED_HOPS",
                            "N",
                            "Proxies in front whose X-Forwarded-For is believed, up to " + "16.")
                    .otherwiseAs("0, 1 on Cloud Run");
    static final Option ROOT_FALLBACK =
            Option.of(
                            "root-fallback",
                            "ROOT_FALLBACK",
                            "referer|cookie|off",
                            "How what a page asks for from the root gets to its tunnel.")
                    .otherwise("referer");
    static final Option REWRITE_PREFIX =
            Option.flag(
                            "rewrite-prefix",
                            "REWRITE_PREFIX",
                            "Whether Location, cookie paths and the like get the tunnel's "
                                    + "prefix.")
                    .otherwise("true");
    static final Option HOST_DOMAIN =
            Option.of(
                    "host-domain",
                    "HOST_DOMAIN",
                    "DOMAIN",
                    "Gives each tunnel a host of its own below this domain.");
    static final Option HOST_NAMES =
            Option.of(
                    "host-names",
                    "HOST_NAMES",
                    "HOST=ID,...",
                    "Gives tunnels hosts of their own, one by one: shop.example.com=ID,...");
    static final Option CHUNK_LARGE_ANSWERS =
            Option.flag(
                            "chunk-large-answers",
                            "CHUNK_LARGE_ANSWERS",
                            "Whether answers of known length over 31 MiB go out chunked, "
                                    + "since Cloud Run refuses them otherwise.")
                    .otherwiseAs("true on Cloud Run, else false");
    static final Option HTTP2 =
            Option.flag(
                            "http2",
                            "HTTP2",
                            "Whether public clients may speak HTTP/2, which loses some of "
                                    + "HTTP/1.1.")
                    .otherwise("false");
    static final Option REDIS_URL =
            Option.secret(
                    "redis-url",
                    "REDIS_URL",
                    "URL",
                    "The Redis that joins several servers, redis:// or rediss://; needs the same"
                            + " TUNNEL_KEY at all.");
    static final Option ROLE =
            Option.of(
                            "role",
                            "ROLE",
                            "all|public|agents",
                            "What this server does of the work; public and agents need "
                                    + "REDIS_URL, and agents PUBLIC_BASE_URL.")
                    .otherwise("all");
    static final Option NATS_URL =
            Option.secret(
                    "nats-url",
                    "NATS_URL",
                    "URL",
                    "The NATS that carries what servers send each other in place of Redis, nats://"
                            + " or tls://; needs REDIS_URL, too.");
    static final Option LOG_FORMAT =
            Option.of(
                            "log-format",
                            "LOG_FORMAT",
                            "text|json",
                            "The form of log lines: text on standard error, JSON on "
                                    + "standard output.")
                    .otherwiseAs("text, json on Cloud Run");

    private static final List<Option> OWN =
            List.of(
                    PORT,
                    PUBLIC_BASE_URL,
                    REGISTRATION,
                    API_KEYS,
                    API_KEYS_FILE,
                    TUNNEL_KEY,
                    DATA_DIR,
                    MAX_LINKS,
                    LINK_LIFETIME,
                    BRIDGE_TIME,
                    ROTATE_GRACE,
                    TUNNEL_EXPIRY,
                    STATE_FILE,
                    SIGNED,
                    RESPONSE_TIMEOUT,
                    JSON_BODY_LIMIT,
                    JSON_MAX_BODY,
                    MEMORY_BUDGET,
                    TRUSTED_HOPS,
                    ROOT_FALLBACK,
                    REWRITE_PREFIX,
                    HOST_DOMAIN,
                    HOST_NAMES,
                    CHUNK_LARGE_ANSWERS,
                    HTTP2,
                    REDIS_URL,
                    ROLE,
                    NATS_URL,
                    LOG_FORMAT);

    static final List<Option> ALL =
            Stream.of(
                            OWN,
                            TlsOptions.ALL,
                            AccessOptions.ALL,
                            RegistrationOptions.ALL,
                            ObserveOptions.OF_SERVER)
                    .flatMap(List::stream)
                    .toList();

    private ServerOptions() {}
}
