package io.cloudtunnel.server.connection;

import io.cloudtunnel.protocol.frame.Limits;
import java.time.Duration;

/**
 * What a public client may take its time for.
 *
 * @param handshake of TLS, where that is ours: from the TCP connection on
 * @param idle between two requests on one connection; longer than usual balancers keep theirs, so
 *     that they close first
 * @param head from the first byte of a request's head to its last (408)
 * @param progress while a request's body comes and is not answered: for each {@link
 *     #progressBytes}, or for the rest of a shorter one (408)
 * @param progressBytes so many bytes count as progress, so that a trickle does not
 * @param bodyIdle between two pieces of a request's body that is already being answered
 * @param writeStall for a write of which the client takes nothing; the connection is then reset
 * @param readOn how long a request that was answered early is read on, so that its client can see
 *     the answer
 */
public record ClientLimits(
        Duration handshake,
        Duration idle,
        Duration head,
        Duration progress,
        int progressBytes,
        Duration bodyIdle,
        Duration writeStall,
        Duration readOn) {

    /** The defaults that go with the limits of the protocol. */
    public static ClientLimits of(Limits limits) {
        return new ClientLimits(
                Duration.ofSeconds(10),
                Duration.ofSeconds(620),
                Duration.ofSeconds(30),
                limits.progressTimeout(),
                1024,
                limits.bodyIdle(),
                Duration.ofMinutes(2),
                Duration.ofSeconds(2));
    }
}
