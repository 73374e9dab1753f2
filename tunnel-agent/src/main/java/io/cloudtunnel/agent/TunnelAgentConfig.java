package io.cloudtunnel.agent;

import io.cloudtunnel.agent.connect.Mode;
import io.cloudtunnel.agent.connect.Passes;
import io.cloudtunnel.agent.connect.Proxies;
import io.cloudtunnel.agent.connect.ServerAddress;
import io.cloudtunnel.agent.connect.Signing;
import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.protocol.frame.Limits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an agent is made from, checked.
 *
 * @param rotation after how long the secret is replaced; null for never
 * @param name that the tunnel is to have; empty for any
 * @param links to be kept in binary mode
 * @param exclusive whether it takes the tunnel over from other agents
 * @param access who may use the tunnel, as JSON; empty for anybody
 * @param memoryBudgetBytes 0 for half of the heap
 * @param inspection with a token; null for no inspect page
 * @param company what it has together with others; null where it is alone
 */
record TunnelAgentConfig(
        ServerAddress server,
        LocalEnd local,
        Trust serverTrust,
        Proxies proxies,
        @Nullable String apiKey,
        String name,
        String userAgent,
        Mode mode,
        Signing signing,
        Passes passes,
        @Nullable Duration rotation,
        int links,
        boolean exclusive,
        String access,
        Limits limits,
        long memoryBudgetBytes,
        AgentListener listener,
        Observation observation,
        @Nullable Inspection inspection,
        @Nullable Company company,
        Pace pace) {}
