package io.cloudtunnel.server.connection;

import io.helidon.webserver.ConnectionContext;

/** A connection that can be ended at once, whoever reads or writes, and by any thread. */
@FunctionalInterface
public interface Abortable {

    /** Ends it. Over TLS nothing is said to the client: that would wait for whoever writes. */
    void abort();

    /** That of a connection; one that is not ours can only be closed, which may wait. */
    static Abortable of(ConnectionContext context) {
        return context instanceof Abortable own ? own : context.serverSocket()::close;
    }
}
