package io.cloudtunnel.agent;

import io.cloudtunnel.agent.local.LocalAddress;
import io.cloudtunnel.agent.observe.AgentObserver;
import io.cloudtunnel.agent.observe.CallTracer;
import io.cloudtunnel.program.Admin;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.program.Tracing;
import io.cloudtunnel.protocol.session.MemoryBudget;
import org.jspecify.annotations.Nullable;

/**
 * What of an agent operators see besides its log. Safe for use by several threads.
 *
 * <p>Only where an admin listener or traces are wanted a class is touched that needs {@code
 * tunnel-observe}.
 */
interface Observatory extends AutoCloseable {

    /** Nobody looks. */
    Observatory NONE =
            new Observatory() {
                @Override
                public AgentObserver observer() {
                    return AgentObserver.NONE;
                }
            };

    /**
     * What the settings ask for.
     *
     * @throws IllegalArgumentException if that needs {@code tunnel-observe}, which is not there, or
     *     a setting of traces is wrong
     */
    static Observatory of(Observation settings) {
        Admin where = settings.admin();
        Tracing tracing = settings.tracing();
        try {
            Observatory listening = where == null ? NONE : new AdminObservatory(where);
            return tracing == null
                    ? listening
                    : new TracedObservatory(listening, tracing, settings);
        } catch (NoClassDefFoundError e) {
            throw new IllegalArgumentException(
                    (where == null ? "tracing" : "an admin listener")
                            + " needs tunnel-observe on the class path",
                    e);
        }
    }

    /** Who is told what happens. */
    AgentObserver observer();

    /**
     * Who makes spans; null if nobody does.
     *
     * @param local where requests go; null within this program
     */
    default @Nullable CallTracer tracer(@Nullable LocalAddress local) {
        return null;
    }

    /** What is looked up when somebody asks. */
    default void watch(LinkSet links, MemoryBudget budget) {}

    /** The same of the memory that several tunnels share. */
    default void watch(MemoryBudget budget) {}

    /** The part of it that one of several tunnels has; to be closed with that one. */
    default Observatory ofTunnel(String name) {
        return NONE;
    }

    /**
     * Starts listening.
     *
     * @throws IllegalArgumentException if the port cannot be had
     */
    default void start() {}

    /** The port that is listened on; -1 where none is. */
    default int port() {
        return -1;
    }

    @Override
    default void close() {}
}
