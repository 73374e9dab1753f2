package io.cloudtunnel.agent.connect;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PlainSocket;
import io.helidon.common.socket.TlsSocket;
import io.helidon.webclient.api.ClientConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.time.Duration;
import javax.net.ssl.SSLSocket;

/**
 * A connection of ours in the form in which WebClient takes one. WebClient's own would resolve the
 * server's name here even where a proxy does that, and would try its first address only.
 */
final class ControlConnection implements ClientConnection {

    private static final String ID = "register";

    private final Transport transport;
    private final HelidonSocket socket;
    private final DataReader reader;
    private final DataWriter writer;

    ControlConnection(Transport transport) {
        this.transport = transport;
        this.socket =
                transport.socket() instanceof SSLSocket secure
                        ? TlsSocket.client(secure, ID)
                        : PlainSocket.client(transport.socket(), ID);
        this.reader = new DataReader(socket);
        this.writer = new Unbuffered(socket);
    }

    @Override
    public DataReader reader() {
        return reader;
    }

    @Override
    public DataWriter writer() {
        return writer;
    }

    @Override
    public String channelId() {
        return ID;
    }

    @Override
    public HelidonSocket helidonSocket() {
        return socket;
    }

    @Override
    public void readTimeout(Duration time) {
        try {
            transport.socket().setSoTimeout(Math.toIntExact(time.toMillis()));
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** There is one call, so nothing is kept. */
    @Override
    public void releaseResource() {
        closeResource();
    }

    @Override
    public void closeResource() {
        try {
            transport.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes what it gets at once. */
    private record Unbuffered(HelidonSocket socket) implements DataWriter {

        @Override
        public void write(BufferData... buffers) {
            socket.write(BufferData.create(buffers));
        }

        @Override
        public void write(BufferData buffer) {
            socket.write(buffer);
        }

        @Override
        public void writeNow(BufferData... buffers) {
            write(buffers);
        }

        @Override
        public void writeNow(BufferData buffer) {
            write(buffer);
        }
    }
}
