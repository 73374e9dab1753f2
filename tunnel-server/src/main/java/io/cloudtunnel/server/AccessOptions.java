package io.cloudtunnel.server;

import io.cloudtunnel.program.Option;
import java.util.List;

/** The server's options about who may use tunnels, and how much of them; docs/access.md. */
final class AccessOptions {

    static final Option ACCESS =
            Option.block("access", "ACCESS", "Who may use the tunnels; docs/access.md.");
    static final Option ALLOW =
            Option.of(
                    "access-allow",
                    "ACCESS_ALLOW",
                    "CIDR,CIDR",
                    "Only clients of these addresses may use the tunnels.");
    static final Option DENY =
            Option.of(
                    "access-deny",
                    "ACCESS_DENY",
                    "CIDR,CIDR",
                    "No client of these addresses may use the tunnels.");
    static final Option BASIC =
            Option.secret(
                    "access-basic",
                    "ACCESS_BASIC",
                    "NAME:HASH,...",
                    "Names and hashed passwords, of which clients need one; hashes are made by"
                            + " java -jar tunnel-agent.jar hash-password.");
    static final Option JWT_ISSUER =
            Option.of(
                    "access-jwt-issuer",
                    "ACCESS_JWT_ISSUER",
                    "ISSUER",
                    "Clients need a JWT of this issuer; needs ACCESS_JWT_JWKS.");
    static final Option JWT_AUDIENCE =
            Option.of(
                    "access-jwt-audience",
                    "ACCESS_JWT_AUDIENCE",
                    "NAME,NAME",
                    "One of which has to be in the JWT's audience.");
    static final Option JWT_JWKS =
            Option.of("access-jwt-jwks", "ACCESS_JWT_JWKS", "URL", "The keys of the issuer.");
    static final Option JWKS_HOSTS =
            Option.of(
                    "access-jwks-hosts",
                    "ACCESS_JWKS_HOSTS",
                    "HOST,HOST",
                    "Hosts whose keys agents may ask for, though they are private or not https.");
    static final Option AGENT_ALLOW =
            Option.of(
                    "agent-allow",
                    "AGENT_ALLOW",
                    "CIDR,CIDR",
                    "Only agents of these addresses may connect.");
    static final Option AGENT_DENY =
            Option.of(
                    "agent-deny",
                    "AGENT_DENY",
                    "CIDR,CIDR",
                    "No agent of these addresses may connect.");
    static final Option AGENT_JWT_ISSUER =
            Option.of(
                    "agent-jwt-issuer",
                    "AGENT_JWT_ISSUER",
                    "ISSUER",
                    "Agents need a JWT of this issuer besides; needs AGENT_JWT_JWKS.");
    static final Option AGENT_JWT_AUDIENCE =
            Option.of(
                    "agent-jwt-audience",
                    "AGENT_JWT_AUDIENCE",
                    "NAME,NAME",
                    "One of which has to be in the agent's JWT's audience.");
    static final Option AGENT_JWT_JWKS =
            Option.of("agent-jwt-jwks", "AGENT_JWT_JWKS", "URL", "The keys of that issuer.");
    static final Option TUNNEL_RPS =
            number("tunnel-rps", "TUNNEL_RPS", "Requests per second of a tunnel.");
    static final Option TUNNEL_CONCURRENT =
            number("tunnel-concurrent", "TUNNEL_CONCURRENT", "Requests at a time of a tunnel.");
    static final Option TUNNEL_BYTES =
            bytes("tunnel-bytes", "TUNNEL_BYTES", "Bytes of bodies per second of a tunnel.");
    static final Option CLIENT_RPS =
            number("client-rps", "CLIENT_RPS", "Requests per second of a client address.");
    static final Option CLIENT_CONCURRENT =
            number(
                    "client-concurrent",
                    "CLIENT_CONCURRENT",
                    "Requests at a time of a client address.");
    static final Option CLIENT_BYTES =
            bytes(
                    "client-bytes",
                    "CLIENT_BYTES",
                    "Bytes of bodies per second of a client address.");

    static final List<Option> ALL =
            List.of(
                    ACCESS,
                    ALLOW,
                    DENY,
                    BASIC,
                    JWT_ISSUER,
                    JWT_AUDIENCE,
                    JWT_JWKS,
                    JWKS_HOSTS,
                    AGENT_ALLOW,
                    AGENT_DENY,
                    AGENT_JWT_ISSUER,
                    AGENT_JWT_AUDIENCE,
                    AGENT_JWT_JWKS,
                    TUNNEL_RPS,
                    TUNNEL_CONCURRENT,
                    TUNNEL_BYTES,
                    CLIENT_RPS,
                    CLIENT_CONCURRENT,
                    CLIENT_BYTES);

    private AccessOptions() {}

    private static Option number(String key, String environment, String help) {
        return Option.of("limit-" + key, "LIMIT_" + environment, "N", help + " Over it 429.");
    }

    private static Option bytes(String key, String environment, String help) {
        return Option.of(
                "limit-" + key,
                "LIMIT_" + environment,
                "BYTES",
                help + " From 16KiB. Over it 429.");
    }
}
