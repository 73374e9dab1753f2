package io.cloudtunnel.server;

import io.cloudtunnel.program.Observation;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.server.agents.LinkLifetime;
import io.cloudtunnel.server.agents.SignedMode;
import io.cloudtunnel.server.auth.RegistrationPolicy;
import io.cloudtunnel.server.connection.ClientLimits;
import io.cloudtunnel.server.front.Role;
import io.cloudtunnel.server.prefix.HostMode;
import io.cloudtunnel.server.prefix.RootFallback;
import io.cloudtunnel.server.relay.Engine;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The values that a {@link TunnelServerBuilder} has collected. */
record TunnelServerConfig(
        Role role,
        String host,
        int port,
        @Nullable URI publicBaseUrl,
        RegistrationPolicy.@Nullable Mode registration,
        Map<String, String> apiKeys,
        @Nullable String tunnelKey,
        @Nullable String cloudRunService,
        int maxLinks,
        Duration bridgeTime,
        LinkLifetime linkLifetime,
        TunnelLife life,
        SignedMode signed,
        int trustedHops,
        long memoryBudgetBytes,
        RootFallback.Mode rootFallback,
        boolean rewritesPrefix,
        boolean chunksLargeAnswers,
        boolean http2,
        @Nullable HostMode hosts,
        Limits limits,
        ClientLimits clientLimits,
        Observation observation,
        AccessControl access,
        RegistrationLimits registrations,
        @Nullable ServerTls tls,
        @Nullable Supplier<Engine> engine) {

    /** Without keys. */
    @Override
    public String toString() {
        return "TunnelServerConfig[port=" + port + ", publicBaseUrl=" + publicBaseUrl + "]";
    }
}
