package io.cloudtunnel.server.relay;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Policies of tunnels whose agents cannot say them on their links, by the hash that their secrets
 * have; docs/access.md. Shared by all instances. Safe for use by several threads. Each call waits
 * for at most a second.
 */
public interface PolicyStore {

    /** For how long a policy is kept that no link asks for. */
    Duration KEPT = Duration.ofDays(90);

    /** Keeps a policy. */
    void keep(String hash, String policy) throws BrokerException, InterruptedException;

    /** The policy of this hash; null where there is none. */
    @Nullable String find(String hash) throws BrokerException, InterruptedException;
}
