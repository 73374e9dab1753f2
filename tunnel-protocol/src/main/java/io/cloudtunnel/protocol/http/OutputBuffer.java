package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Gathers a head and pieces of a body for one write; it grows with use and shrinks with time. */
final class OutputBuffer {

    private static final int SMALL_BYTES = 4 * 1024;

    /** Room for a usual head and one frame's worth of body; beyond, what waits is written. */
    private static final int LARGE_BYTES = 80 * 1024;

    private static final byte[] NOTHING = new byte[0];

    private final OutputStream out;
    private byte[] buffer = NOTHING; // until something is appended
    private int count;

    OutputBuffer(OutputStream out) {
        this.out = out;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /**
     * Appends one byte for each character.
     *
     * @throws IllegalArgumentException for a character above U+00FF
     */
    OutputBuffer text(String text) throws IOException {
        int length = text.length();
        if (length > LARGE_BYTES) {
            // A longer text than the buffer: target and values are not bounded here.
            return bytes(Bytes.latin1(text));
        }
        room(length);
        for (int i = 0; i < length; i++) {
            buffer[count + i] = (byte) text.charAt(i);
        }
        count += length;
        return this;
    }

    OutputBuffer fields(Fields fields) throws IOException {
        for (int i = 0; i < fields.size(); i++) {
            text(fields.name(i)).text(": ").text(fields.value(i)).text("\r\n");
        }
        return this;
    }

    OutputBuffer bytes(Bytes bytes) throws IOException {
        int from = 0;
        while (from < bytes.length()) {
            int some = Math.min(bytes.length() - from, LARGE_BYTES);
            room(some);
            bytes.slice(from, from + some).copyTo(buffer, count);
            count += some;
            from += some;
        }
        return this;
    }

    /** Writes past the buffer, which is empty. */
    void direct(Bytes bytes) throws IOException {
        bytes.writeTo(out);
    }

    void flush() throws IOException {
        drain();
        out.flush();
    }

    void shrink() {
        if (buffer.length > SMALL_BYTES) {
            buffer = new byte[SMALL_BYTES];
        }
    }

    /** Keeps nothing, until more is appended; it is empty. */
    void release() {
        buffer = NOTHING;
    }

    private void room(int more) throws IOException {
        if (count + more > LARGE_BYTES) {
            drain();
        }
        if (count + more > buffer.length) {
            int grown = Math.clamp(2L * buffer.length, SMALL_BYTES, LARGE_BYTES);
            buffer = Arrays.copyOf(buffer, Math.max(count + more, grown));
        }
    }

    private void drain() throws IOException {
        if (count > 0) {
            int length = count;
            count = 0;
            out.write(buffer, 0, length);
        }
    }
}
