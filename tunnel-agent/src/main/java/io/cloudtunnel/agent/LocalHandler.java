package io.cloudtunnel.agent;

import java.io.IOException;

/**
 * A local service within this program, in place of a host and a port: is called for each request
 * that comes through the tunnel, on a virtual thread of the request's own, many at a time. Safe for
 * use by several threads.
 */
@FunctionalInterface
public interface LocalHandler {

    /**
     * Answers one request. The answer is complete once this returns; what of the request's body was
     * not read is dropped. Where it returns without an answer, or throws, the client gets 502
     * {@code local-broken}, or an answer that is cut if it had begun.
     *
     * <p>The time to the answer's head is limited ({@link TunnelAgentBuilder#responseTimeout}).
     * Where a limit is reached, the client leaves or the agent stops, the thread is interrupted and
     * the call's streams throw.
     *
     * @throws IOException if it fails, or if one of the call's streams threw it
     * @throws InterruptedException if it was interrupted
     */
    void handle(LocalCall call) throws IOException, InterruptedException;
}
