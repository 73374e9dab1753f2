package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An input with a buffer. Indices count from the first byte that was not taken yet. A byte is taken
 * only once its whole line or head is there, so that after a timeout the same call can be made
 * again. It grows only as far as the limits of its callers.
 */
final class ByteSource {

    private static final int BUFFER_BYTES = 8 * 1024;
    private static final byte[] NOTHING = new byte[0];

    private final InputStream in;
    private final int pieceBytes;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int start;
    private int limit;

    /** The last read gave all that was asked for, so that there is likely more. */
    private boolean full;

    ByteSource(InputStream in, int pieceBytes) {
        this.in = in;
        this.pieceBytes = pieceBytes;
    }

    /** The number of bytes that are there and not taken. */
    int buffered() {
        return limit - start;
    }

    /** The byte at an index, 0 to 255. */
    int at(int index) {
        return buffer[start + index] & 0xff;
    }

    /** The bytes from one index up to another as characters. */
    String text(int from, int to) {
        return new String(buffer, start + from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** Takes bytes out of the buffer. */
    void skip(int count) {
        start += count;
    }

    /** Takes bytes out of the buffer into an array. */
    void take(byte[] target, int offset, int count) {
        System.arraycopy(buffer, start, target, offset, count);
        start += count;
    }

    /** Gives back what a long head or a fast body made the buffer grow to. */
    void shrink() {
        full = false;
        if (start == limit && buffer.length > BUFFER_BYTES) {
            buffer = new byte[BUFFER_BYTES];
            start = 0;
            limit = 0;
        }
    }

    /** Keeps nothing, unless something is there; until more is waited for. */
    void release() {
        if (start == limit) {
            buffer = NOTHING;
            start = 0;
            limit = 0;
            full = false;
        }
    }

    /** Before a wait that may be long: keeps no more than such a wait needs. */
    void rest() throws IOException {
        if (full && start == limit && in.available() == 0) {
            shrink();
        }
    }

    /** Waits for at least one more byte; false at the end of the input. */
    boolean fill() throws IOException {
        makeRoom();
        int room = buffer.length - limit;
        int count = in.read(buffer, limit, room);
        if (count < 0) {
            return false;
        }
        full = count == room;
        limit += count;
        return true;
    }

    /** Waits until so many bytes are there. */
    void need(int count) throws IOException {
        while (buffered() < count) {
            if (!fill()) {
                throw cut();
            }
        }
    }

    /**
     * Waits for a whole line.
     *
     * @param from the index of its first byte
     * @param most the longest line without its CRLF
     * @param status the status of the error if it is longer
     * @return its length without the CRLF
     * @throws EOFException if the input ends before
     */
    int line(int from, int most, int status) throws IOException {
        int at = from;
        for (; ; ) {
            int length = lineIfThere(from, at, most, status);
            if (length >= 0) {
                return length;
            }
            at = buffered();
            if (!fill()) {
                throw cut();
            }
        }
    }

    /**
     * The length of a line without its CRLF, or -1 if not all of it is there yet.
     *
     * @param from the index of its first byte
     * @param at where to begin looking for its end
     */
    int lineIfThere(int from, int at, int most, int status) throws HttpException {
        int there = buffered();
        int end = Math.max(from, at);
        while (end < there && at(end) != '\n') {
            end++;
        }
        boolean whole = end < there;
        if (end - from > most + 1) {
            throw new HttpException(status, "a line or a head is longer than allowed");
        }
        if (!whole) {
            return -1;
        }
        if (end == from || at(end - 1) != '\r') {
            throw HttpException.bad("a line does not end with CRLF");
        }
        return end - 1 - from;
    }

    /**
     * Waits for the next piece of a body: what has arrived, at least one byte.
     *
     * @param most the longest piece; above 0
     * @return null at the end of the input
     */
    @Nullable Bytes piece(long most) throws IOException {
        int longest = (int) Math.min(most, pieceBytes);
        if (start == limit) {
            if (full && longest > BUFFER_BYTES) {
                return read(longest);
            }
            if (!fill()) {
                return null;
            }
        }
        byte[] piece = new byte[Math.min(longest, buffered())];
        take(piece, 0, piece.length);
        return Bytes.wrap(piece);
    }

    static EOFException cut() {
        return new EOFException("the connection ended within a message");
    }

    /** Past the buffer, where much is to be expected: the array read into is the piece. */
    private @Nullable Bytes read(int longest) throws IOException {
        byte[] piece = new byte[longest];
        int count = in.read(piece, 0, longest);
        if (count < 0) {
            return null;
        }
        full = count >= Math.min(longest, BUFFER_BYTES);
        // A slice would keep the whole array alive.
        return count < longest / 2 ? Bytes.copyOf(piece, 0, count) : Bytes.wrap(piece, 0, count);
    }

    private void makeRoom() {
        if (start == limit) {
            start = 0;
            limit = 0;
            if (full && buffer.length < pieceBytes) {
                buffer = new byte[Math.min(2 * buffer.length, pieceBytes)];
            }
        }
        if (limit == buffer.length && start > 0) {
            System.arraycopy(buffer, start, buffer, 0, limit - start);
            limit -= start;
            start = 0;
        } else if (limit == buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(BUFFER_BYTES, 2 * buffer.length));
        }
    }
}
