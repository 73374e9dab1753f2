package io.cloudtunnel.agent.observe;

import io.cloudtunnel.protocol.session.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Is told what happens to an agent, by the threads that it happens on: it does not block, and
 * throws nothing. Safe for use by several threads.
 */
public interface AgentObserver {

    /** Looks at nothing. */
    AgentObserver NONE = new AgentObserver() {};

    /** A request has come. */
    default void begun() {}

    /** So many bytes of a request's body went to the local service. */
    default void read(int bytes) {}

    /** So many bytes of a response's body came from it. */
    default void written(int bytes) {}

    /**
     * A request that had come is over.
     *
     * @param status of the local service's response, 0 if none came
     * @param failure why it did not end well; null if it did
     * @param localNanos from its beginning to that response's head; below 0 if none came
     * @param totalNanos from its beginning
     */
    default void ended(int status, @Nullable ErrorCode failure, long localNanos, long totalNanos) {}

    /** What became of an attempt to open a link: {@code open}, {@code refused}, {@code failed}. */
    default void dialled(String outcome) {}

    /**
     * Why another link is wanted: {@code rollover}, {@code leaving}, {@code lost}, {@code
     * replaced}.
     */
    default void reconnects(String reason) {}

    /** What became of a registration: {@code done}, {@code refused}, {@code failed}. */
    default void registered(String outcome) {}

    /**
     * What a probe found: {@code fine}, {@code dial}, {@code several}; {@code failed} if nothing.
     */
    default void probed(String outcome) {}
}
