package io.cloudtunnel.server;

import io.cloudtunnel.program.Option;
import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Settings;
import io.cloudtunnel.server.AccessControl.RequestLimits;
import io.cloudtunnel.server.access.Guards;
import io.cloudtunnel.server.access.PolicyWriter;
import io.cloudtunnel.server.access.Rates;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Supplier;

/** What becomes of the settings about who may use tunnels, and how much of them. */
final class AccessSettings {

    private final Settings settings;

    private AccessSettings(Settings settings) {
        this.settings = settings;
    }

    /**
     * What the settings say.
     *
     * @throws SettingException if a value is wrong
     */
    static AccessControl of(Settings settings) {
        return new AccessSettings(settings).control();
    }

    private AccessControl control() {
        AccessControl.Builder builder = AccessControl.builder();
        String block = settings.text(AccessOptions.ACCESS);
        try {
            if (block != null) {
                check(AccessOptions.ACCESS, () -> block);
                builder.policy(block);
            }
            checkLists();
            String flat = policy();
            if (!flat.equals(PolicyWriter.EMPTY)) {
                builder.policy(flat);
            }
            String agents = agents();
            if (!agents.equals(PolicyWriter.EMPTY)) {
                builder.agents(agents);
            }
            return builder.jwksHosts(new HashSet<>(list(AccessOptions.JWKS_HOSTS)))
                    .tunnelLimits(
                            limits(
                                    AccessOptions.TUNNEL_RPS,
                                    AccessOptions.TUNNEL_CONCURRENT,
                                    AccessOptions.TUNNEL_BYTES))
                    .clientLimits(
                            limits(
                                    AccessOptions.CLIENT_RPS,
                                    AccessOptions.CLIENT_CONCURRENT,
                                    AccessOptions.CLIENT_BYTES))
                    .build();
        } catch (IllegalArgumentException e) {
            throw new SettingException(
                    "ACCESS, or a setting that begins with it or with AGENT_, is wrong: "
                            + e.getMessage());
        }
    }

    /** Each alone, so that the message can say which one is wrong. */
    private void checkLists() {
        check(AccessOptions.ALLOW, () -> only("allow", AccessOptions.ALLOW));
        check(AccessOptions.DENY, () -> only("deny", AccessOptions.DENY));
        check(
                AccessOptions.BASIC,
                () -> new PolicyWriter().users(list(AccessOptions.BASIC)).text());
        check(AccessOptions.AGENT_ALLOW, () -> only("allow", AccessOptions.AGENT_ALLOW));
        check(AccessOptions.AGENT_DENY, () -> only("deny", AccessOptions.AGENT_DENY));
    }

    private String only(String name, Option option) {
        return new PolicyWriter().list(name, list(option)).text();
    }

    private void check(Option option, Supplier<String> policy) {
        try {
            Guards.check(policy.get());
        } catch (IllegalArgumentException e) {
            throw settings.wrong(option, "as docs/access.md has it (" + e.getMessage() + ")");
        }
    }

    private String policy() {
        PolicyWriter policy =
                new PolicyWriter()
                        .list("allow", list(AccessOptions.ALLOW))
                        .list("deny", list(AccessOptions.DENY))
                        .users(list(AccessOptions.BASIC));
        jwt(policy, AccessOptions.JWT_ISSUER, AccessOptions.JWT_JWKS, AccessOptions.JWT_AUDIENCE);
        return policy.text();
    }

    private String agents() {
        PolicyWriter policy =
                new PolicyWriter()
                        .list("allow", list(AccessOptions.AGENT_ALLOW))
                        .list("deny", list(AccessOptions.AGENT_DENY));
        jwt(
                policy,
                AccessOptions.AGENT_JWT_ISSUER,
                AccessOptions.AGENT_JWT_JWKS,
                AccessOptions.AGENT_JWT_AUDIENCE);
        return policy.text();
    }

    private void jwt(PolicyWriter policy, Option ofIssuer, Option ofJwks, Option ofAudience) {
        String issuer = settings.text(ofIssuer);
        String jwks = settings.text(ofJwks);
        List<String> audience = list(ofAudience);
        if (issuer != null && jwks != null) {
            policy.jwt(issuer, jwks, audience);
        } else if (issuer != null || jwks != null || !audience.isEmpty()) {
            throw new SettingException(
                    ofIssuer.environment()
                            + " and "
                            + ofJwks.environment()
                            + " go together, and "
                            + ofAudience.environment()
                            + " needs both");
        }
    }

    private List<String> list(Option option) {
        String text = settings.text(option);
        List<String> parts = new ArrayList<>();
        if (text != null) {
            for (String part : text.split(",", -1)) {
                if (!part.isBlank()) {
                    parts.add(part.strip());
                }
            }
            if (parts.isEmpty()) { // which would mean anybody
                throw settings.wrong(option, "a list with commas, that is not empty");
            }
        }
        return parts;
    }

    private RequestLimits limits(Option perSecond, Option concurrent, Option bytes) {
        return new RequestLimits(
                settings.integer(perSecond, 0, 1, 1_000_000),
                settings.integer(concurrent, 0, 1, 1_000_000),
                settings.bytes(bytes, 0, Rates.LEAST_BYTES, 1L << 40));
    }
}
