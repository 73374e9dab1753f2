package io.cloudtunnel.server.access;

import com.nimbusds.jose.JWSAlgorithm;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a token has to be; docs/access.md, section 1. Immutable.
 *
 * @param issuer its {@code iss}
 * @param audience one of which is in its {@code aud}; empty for any
 * @param jwks where its issuer's keys are
 * @param claims values by the claims' names, one of which each has to have
 * @param algorithms which signatures count; asymmetric ones only
 * @param skew by how much clocks may differ
 */
record JwtRule(
        String issuer,
        Set<String> audience,
        URI jwks,
        Map<String, List<String>> claims,
        Set<JWSAlgorithm> algorithms,
        Duration skew) {

    JwtRule {
        audience = Set.copyOf(audience);
        claims = Map.copyOf(claims);
        algorithms = Set.copyOf(algorithms);
    }
}
