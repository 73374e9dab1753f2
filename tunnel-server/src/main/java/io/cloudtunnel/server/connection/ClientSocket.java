package io.cloudtunnel.server.connection;

import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.ConnectionContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Socket;

/** The connection to a client. One thread reads and one writes; any may close. */
final class ClientSocket {

    private static final Logger LOGGER = System.getLogger(ClientSocket.class.getName());

    private final Socket socket;
    private final Socket below;
    private final WatchedInput in;
    private final OutputStream out;

    private ClientSocket(Socket socket, Socket below, byte[] early) throws IOException {
        this.socket = socket;
        this.below = below;
        InputStream rest = socket.getInputStream();
        this.in =
                new WatchedInput(
                        early.length == 0
                                ? rest
                                : new SequenceInputStream(new ByteArrayInputStream(early), rest));
        this.out = socket.getOutputStream();
    }

    /**
     * The socket of a connection that begins.
     *
     * @throws IllegalStateException if its listener does not have the options that {@code install}
     *     gave it
     */
    static ClientSocket of(ConnectionContext context, AcceptedSockets sockets) throws IOException {
        AcceptedSockets.Accepted accepted = sockets.take(context);
        if (accepted == null) {
            throw new IllegalStateException(
                    "the listener's connection options were replaced: set yours before calling"
                            + " TunnelServer.install, which keeps them");
        }
        return new ClientSocket(accepted.socket(), accepted.below(), early(context.dataReader()));
    }

    /** Where the listener has other selectors too, the first bytes were read to choose one. */
    private static byte[] early(DataReader reader) {
        int count = reader.available();
        return count == 0 ? new byte[0] : reader.readBuffer(count).readBytes(); // 0 would wait
    }

    WatchedInput in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    /** No more will be written; the client may still send. */
    void endOutput() throws IOException {
        if (!socket.isOutputShutdown()) {
            socket.shutdownOutput();
        }
    }

    /**
     * Whoever reads, or will, finds the end of the input. Over TLS 1.2 nothing can be written
     * either then; over an application's own TLS it closes.
     */
    void endInput() {
        try {
            below.shutdownInput();
        } catch (IOException | UnsupportedOperationException e) {
            LOGGER.log(Level.TRACE, "the input cannot be ended alone", e);
            abort();
        }
    }

    /** Closes with a reset, so that what was sent does not look complete. */
    void reset() {
        try {
            below.setSoLinger(true, 0);
        } catch (IOException e) {
            LOGGER.log(Level.TRACE, "the socket is closed", e);
        }
        abort();
    }

    /** Closes without a goodbye, which TLS has and which may wait. */
    void abort() {
        try {
            below.close();
        } catch (IOException e) {
            LOGGER.log(Level.TRACE, "closing failed", e);
        }
    }

    /** Closes with a goodbye, where there is one. */
    void close() {
        try {
            socket.close();
        } catch (IOException e) {
            LOGGER.log(Level.TRACE, "closing failed", e);
        }
    }
}
