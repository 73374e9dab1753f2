package io.cloudtunnel.agent.connect;

import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;

/**
 * A connection to the server.
 *
 * @param raw the TCP connection
 * @param socket what is spoken over: the same one, or TLS over it
 */
record Transport(Socket raw, Socket socket) implements Closeable {

    /** Closes from any thread at once: TLS would wait for a writer to say goodbye. */
    @Override
    public void close() throws IOException {
        raw.close();
    }
}
