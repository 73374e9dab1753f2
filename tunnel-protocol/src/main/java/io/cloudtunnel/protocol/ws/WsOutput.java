package io.cloudtunnel.protocol.ws;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * The writer's view of the connection: gathers until the buffer is full. For one thread.
 *
 * <p>Links are idle most of the time, in thousands: one that has sent little for a second keeps a
 * small buffer.
 */
final class WsOutput {

    /** Holds a chunk of 64 KiB with what surrounds it, so that such a message is one write. */
    static final int BUFFER_BYTES = 68 * 1024;

    /** An unmasked payload from this length on is not copied, but for its beginning. */
    static final int DIRECT_BYTES = 16 * 1024;

    /** A header does not leave alone: a segment of ten bytes would wake the peer for nothing. */
    static final int DIRECT_START_BYTES = 4 * 1024;

    /** Holds what an idle link sends: pings. */
    static final int IDLE_BUFFER_BYTES = 256;

    private static final long IDLE_NANOS = 1_000_000_000;

    private final OutputStream out;
    private byte[] buffer = new byte[IDLE_BUFFER_BYTES];
    private int size;
    private boolean broken;
    private long written; // bytes since the last flush
    private final LongSupplier nanoTime;
    private long largeNanos; // when more than an idle link sends was flushed last

    WsOutput(OutputStream out) {
        this(out, System::nanoTime);
    }

    WsOutput(OutputStream out, LongSupplier nanoTime) {
        this.out = out;
        this.nanoTime = nanoTime;
    }

    /** Appends a header (RFC 6455, section 5.2) for a frame without fragments. */
    void header(int opcode, long length, boolean masked, int key) throws IOException {
        room(FrameHeader.MAX_BYTES);
        if (buffer.length - size < FrameHeader.MAX_BYTES) {
            drain();
        }
        int maskBit = masked ? FrameHeader.MASKED : 0;
        number(FrameHeader.FIN | opcode, 1);
        if (length < FrameHeader.LENGTH_16) {
            number(maskBit | length, 1);
        } else if (length <= FrameHeader.MAX_16) {
            number(maskBit | FrameHeader.LENGTH_16, 1);
            number(length, Short.BYTES);
        } else {
            number(maskBit | FrameHeader.LENGTH_64, 1);
            number(length, Long.BYTES);
        }
        if (masked) {
            number(key, Integer.BYTES);
        }
    }

    /** Appends a part of a payload as it is. */
    void plain(Bytes part) throws IOException {
        if (part.length() < DIRECT_BYTES) {
            masked(part, 0, 0);
            return;
        }
        int start = Math.max(0, DIRECT_START_BYTES - size);
        masked(part.slice(0, start), 0, 0);
        drain();
        broken = true;
        part.slice(start, part.length()).writeTo(out);
        broken = false;
        written += part.length() - start;
    }

    /** Appends a part of a payload, masked; see {@link Masking#apply} for key and phase. */
    void masked(Bytes part, int key, int phase) throws IOException {
        int length = part.length();
        room(length);
        for (int at = 0; at < length; ) {
            if (size == buffer.length) {
                drain();
            }
            int count = Math.min(length - at, buffer.length - size);
            part.slice(at, at + count).copyTo(buffer, size);
            if (key != 0) {
                Masking.apply(buffer, size, size + count, key, phase + at);
            }
            size += count;
            at += count;
        }
    }

    /** Writes what is gathered, and flushes the output. */
    void flush() throws IOException {
        drain();
        broken = true;
        out.flush();
        broken = false;
        if (buffer.length > IDLE_BUFFER_BYTES) {
            fitBuffer();
        }
        written = 0;
    }

    private void fitBuffer() {
        long now = nanoTime.getAsLong();
        if (written > IDLE_BUFFER_BYTES) {
            largeNanos = now;
        } else if (now - largeNanos > IDLE_NANOS) {
            buffer = new byte[IDLE_BUFFER_BYTES];
        }
    }

    /** What is held while nothing is gathered; for tests. */
    int bufferBytes() {
        return buffer.length;
    }

    private void drain() throws IOException {
        if (broken) {
            throw new IOException("a write to this WebSocket has failed before");
        }
        if (size > 0) {
            // Stays so if this throws: nobody knows how much of the frame has left.
            broken = true;
            out.write(buffer, 0, size);
            broken = false;
            written += size;
            size = 0;
        }
    }

    /** Grows the buffer for so many more bytes, as far as it may grow. */
    private void room(int count) {
        if (count > buffer.length - size && buffer.length < BUFFER_BYTES) {
            long wanted = Math.max(2L * buffer.length, (long) size + count);
            buffer = Arrays.copyOf(buffer, (int) Math.min(BUFFER_BYTES, wanted));
        }
    }

    private void number(long value, int bytes) {
        for (int shift = (bytes - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            buffer[size++] = (byte) (value >>> shift);
        }
    }
}
