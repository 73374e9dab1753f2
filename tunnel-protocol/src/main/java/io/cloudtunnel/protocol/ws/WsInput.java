package io.cloudtunnel.protocol.ws;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/** The reader's view of the connection: a buffer that large payloads go round. For one thread. */
final class WsInput {

    /** Holds some small frames, or a head with the beginning of a large one. */
    static final int BUFFER_BYTES = 16 * 1024;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final AtomicLong received = new AtomicLong();
    private int position;
    private int limit;

    WsInput(InputStream in) {
        this.in = in;
    }

    /** Bytes received so far; any thread may ask. */
    long received() {
        return received.getOpaque();
    }

    /** Waits for a byte; whether the connection ended instead. */
    boolean atEnd() throws IOException {
        return position == limit && fill() < 0;
    }

    int u8() throws IOException {
        if (atEnd()) {
            throw cut();
        }
        return buffer[position++] & 0xFF;
    }

    /** An unsigned number of up to 8 bytes, the highest first; with 8 bytes it may be negative. */
    long number(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << Byte.SIZE | u8();
        }
        return value;
    }

    /**
     * Reads at least one byte and at most {@code count}, straight into the target if the buffer is
     * empty and the rest too long for it.
     */
    int read(byte[] target, int offset, int count) throws IOException {
        if (position == limit) {
            if (count >= BUFFER_BYTES) {
                return counted(in.read(target, offset, count));
            }
            // Not straight: the head of the next frame may come with the same system call.
            if (fill() < 0) {
                throw cut();
            }
        }
        int taken = Math.min(count, limit - position);
        System.arraycopy(buffer, position, target, offset, taken);
        position += taken;
        return taken;
    }

    private int fill() throws IOException {
        int count = in.read(buffer, 0, BUFFER_BYTES);
        if (count >= 0) {
            limit = counted(count);
            position = 0;
        }
        return count;
    }

    private int counted(int count) throws IOException {
        if (count < 0) {
            throw cut();
        }
        if (count == 0) {
            throw new IOException("the input gave no byte, against its contract");
        }
        received.setOpaque(received.getPlain() + count);
        return count;
    }

    private static EOFException cut() {
        return new EOFException("the connection ended inside a WebSocket message");
    }
}
