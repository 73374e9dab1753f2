package io.cloudtunnel.server.agents;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.webserver.ServerConnectionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** A Helidon connection's reader and writer as streams, for the frame code. */
final class ContextStreams {

    private static final int READ = 32 * 1024;

    /** Who asks for less does not expect much. */
    private static final int SMALL = 1024;

    private ContextStreams() {}

    /**
     * For one thread. What the reader holds already comes first; from then on the socket is read
     * without it, since it takes 8 KiB at a time and copies each of them.
     */
    static InputStream input(DataReader reader, HelidonSocket socket) {
        return new InputStream() {
            // Null once it is empty: it holds on to the handshake's request.
            private @Nullable DataReader early = reader;

            // For who reads behind what they have already. An idle link has none.
            private @Nullable BufferData direct;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                try {
                    DataReader first = early;
                    if (first != null && first.available() > 0) {
                        return first.readBuffer(Math.min(length, first.available()))
                                .read(target, offset, length);
                    }
                    if (first != null) { // which was the last to use Helidon's own buffer
                        early = null;
                        HelidonReadBuffer.release(socket);
                    }
                    BufferData left = direct;
                    if (left != null && left.available() > 0) {
                        return left.read(target, offset, length);
                    }
                    if (offset == 0) {
                        direct = length < SMALL ? null : left;
                        return socket.read(BufferData.create(target, 0, length).reset());
                    }
                    BufferData behind = left == null ? BufferData.create(READ) : left.reset();
                    direct = behind;
                    return socket.read(behind) < 0 ? -1 : behind.read(target, offset, length);
                } catch (DataReader.InsufficientDataAvailableException e) {
                    return -1;
                } catch (ServerConnectionException | UncheckedIOException e) {
                    throw new IOException("the connection broke", e);
                }
            }
        };
    }

    /** For one thread at a time; each write leaves at once. */
    static OutputStream output(DataWriter writer) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] source, int offset, int length) throws IOException {
                try {
                    // Not create(): what it makes writes too much where the offset is not 0.
                    writer.writeNow(BufferData.createReadOnly(source, offset, length));
                } catch (UncheckedIOException e) {
                    throw new IOException("the connection broke", e);
                }
            }
        };
    }
}
