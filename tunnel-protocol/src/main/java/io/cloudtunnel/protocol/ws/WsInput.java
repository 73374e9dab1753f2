package io.cloudtunnel.protocol.ws;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The reader's view of the connection: a buffer that large payloads go round. For one thread.
 *
 * <p>Links are idle most of the time, in thousands: one on which nothing came for a second waits
 * with a small buffer.
 */
final class WsInput {

    /** Holds some small frames, or a head with the beginning of a large one. */
    static final int BUFFER_BYTES = 16 * 1024;

    /** Holds what an idle link gets: pings, and the beginning of something else. */
    static final int IDLE_BUFFER_BYTES = 256;

    private static final long IDLE_NANOS = 1_000_000_000;

    private final InputStream in;
    private byte[] buffer = new byte[IDLE_BUFFER_BYTES]; // also at first: all may come at once
    private final LongSupplier nanoTime;
    private final AtomicLong received = new AtomicLong();
    private int position;
    private int limit;

    WsInput(InputStream in) {
        this(in, System::nanoTime);
    }

    WsInput(InputStream in, LongSupplier nanoTime) {
        this.in = in;
        this.nanoTime = nanoTime;
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
        long began = nanoTime.getAsLong();
        int count = in.read(buffer, 0, buffer.length);
        if (count >= 0) {
            limit = counted(count);
            position = 0;
            fitBuffer(nanoTime.getAsLong() - began);
        }
        return count;
    }

    /** Gives what has come a buffer that suits what is to be expected. */
    private void fitBuffer(long waitedNanos) {
        if (limit == buffer.length && limit < BUFFER_BYTES) {
            buffer = Arrays.copyOf(buffer, BUFFER_BYTES);
        } else if (waitedNanos > IDLE_NANOS && limit < IDLE_BUFFER_BYTES) {
            buffer = Arrays.copyOf(buffer, IDLE_BUFFER_BYTES);
        }
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

    /** What is held while the link is idle; for tests. */
    int bufferBytes() {
        return buffer.length;
    }

    private static EOFException cut() {
        return new EOFException("the connection ended inside a WebSocket message");
    }
}
