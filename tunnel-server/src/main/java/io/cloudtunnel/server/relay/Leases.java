package io.cloudtunnel.server.relay;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which agent has a tunnel for itself, and which instances serve that agent; docs/relay.md, section
 * 5. Shared by all instances. Safe for use by several threads. Each call waits for a few answers of
 * the directory, each for at most a second.
 */
public interface Leases {

    /**
     * How long an instance that cannot reach the directory may have served, at most: {@link
     * Directory#ALIVE}, after which its heartbeat is gone. So long nobody gets a tunnel of which
     * nothing is known.
     */
    Duration UNKNOWN = Directory.ALIVE;

    /** What became of a wish. */
    sealed interface Answer {}

    /** The agent has the tunnel, and the instance serves it as long as its heartbeat is renewed. */
    record Held() implements Answer {}

    /**
     * Not yet.
     *
     * @param by instances that have to stop serving others; they have to be asked to
     */
    record Taken(Set<String> by) implements Answer {}

    /** The agent was replaced by a newer one. */
    record Replaced() implements Answer {}

    /**
     * Who has a tunnel.
     *
     * @param agent the one that has it, or is about to
     * @param wanted a newer one that waits for it; null if there is none
     */
    record Lease(String agent, @Nullable String wanted) {}

    /** An agent of this instance wants a tunnel for itself, or has it. */
    Answer take(String tunnel, String agent, String instance)
            throws BrokerException, InterruptedException;

    /**
     * An instance does not serve an agent any more.
     *
     * @param replaced whether because another one has come: then it never has the tunnel again
     */
    void giveUp(String tunnel, String agent, String instance, boolean replaced)
            throws BrokerException, InterruptedException;

    /** Who has a tunnel; null if no instance that lives serves it for an exclusive agent. */
    @Nullable Lease find(String tunnel) throws BrokerException, InterruptedException;
}
