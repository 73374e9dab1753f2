package io.cloudtunnel.protocol.ws;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Writes messages and control frames, each as one frame (RFC 6455, section 5).
 *
 * <p>The {@code append} calls gather in a buffer of at most 68 KiB and write only what is full; the
 * plain calls append and flush. So a frame that fits, or several, leave in one call to the output;
 * a large payload that needs no mask goes there without a copy, but for its beginning.
 *
 * <p>Not thread-safe. All calls may block on the output. Once a write has failed, or the close
 * frame has been sent, nothing more leaves and the plain calls throw {@link IOException}: a frame
 * cut short cannot be continued.
 */
public final class WsWriter {

    private static final int MAX_REASON_BYTES = FrameHeader.MAX_CONTROL_BYTES - Short.BYTES;

    private final WsOutput out;
    private final Role role;
    private final RandomGenerator keys;
    private boolean closed;

    /** A writer at the first byte behind the opening handshake. */
    public WsWriter(OutputStream out, Role role) {
        // A mask defeats caches between the ends, it hides nothing (section 10.3): what counts is
        // that whoever chose the payload cannot foresee the key.
        this(out, role, new SplittableRandom(new SecureRandom().nextLong()));
    }

    WsWriter(OutputStream out, Role role, RandomGenerator keys) {
        this.out = new WsOutput(out);
        this.role = role;
        this.keys = keys;
    }

    /**
     * Sends a text message.
     *
     * @param parts together well-formed UTF-8, which is not checked
     */
    public void text(Bytes... parts) throws IOException {
        appendText(parts);
        flush();
    }

    /** Sends a binary message, the parts one behind the other. */
    public void binary(Bytes... parts) throws IOException {
        appendBinary(parts);
        flush();
    }

    /**
     * Sends a ping.
     *
     * @throws IllegalArgumentException if the payload is longer than 125 bytes
     */
    public void ping(Bytes payload) throws IOException {
        appendPing(payload);
        flush();
    }

    /**
     * Sends a pong.
     *
     * @throws IllegalArgumentException if the payload is longer than 125 bytes
     */
    public void pong(Bytes payload) throws IOException {
        appendPong(payload);
        flush();
    }

    /**
     * Sends the close frame. Does nothing if it has been sent.
     *
     * @param code a code that may be sent, or {@link CloseCode#NO_STATUS} for a frame with neither
     *     code nor reason
     * @param reason cut at 123 bytes of UTF-8, between two characters
     * @throws IllegalArgumentException if the code may not be sent
     */
    public void close(int code, String reason) throws IOException {
        if (code != CloseCode.NO_STATUS && !CloseCode.isSendable(code)) {
            throw new IllegalArgumentException("close code " + code);
        }
        if (closed) {
            return;
        }
        append(
                Opcode.CLOSE,
                code == CloseCode.NO_STATUS ? Bytes.EMPTY : closePayload(code, reason));
        closed = true;
        flush();
    }

    /** Like {@link #text}, without the flush. */
    public void appendText(Bytes... parts) throws IOException {
        append(Opcode.TEXT, parts);
    }

    /** Like {@link #binary}, without the flush. */
    public void appendBinary(Bytes... parts) throws IOException {
        append(Opcode.BINARY, parts);
    }

    /** Like {@link #ping}, without the flush. */
    public void appendPing(Bytes payload) throws IOException {
        append(Opcode.PING, control(payload));
    }

    /** Like {@link #pong}, without the flush. */
    public void appendPong(Bytes payload) throws IOException {
        append(Opcode.PONG, control(payload));
    }

    /** Writes what is gathered, and flushes the output. */
    public void flush() throws IOException {
        out.flush();
    }

    private static Bytes control(Bytes payload) {
        if (payload.length() > FrameHeader.MAX_CONTROL_BYTES) {
            throw new IllegalArgumentException("control payload: " + payload.length() + " bytes");
        }
        return payload;
    }

    private static Bytes closePayload(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        int end = text.length;
        if (end > MAX_REASON_BYTES) {
            end = MAX_REASON_BYTES;
            while ((text[end] & 0xC0) == 0x80) {
                end--;
            }
        }
        byte[] payload = new byte[Short.BYTES + end];
        payload[0] = (byte) (code >>> Byte.SIZE);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, Short.BYTES, end);
        return Bytes.wrap(payload);
    }

    private void append(int opcode, Bytes... parts) throws IOException {
        if (closed) {
            throw new IOException("the close frame has been sent");
        }
        long length = 0;
        for (Bytes part : parts) {
            length += part.length();
        }
        int key = role.masks() ? keys.nextInt() : 0;
        out.header(opcode, length, role.masks(), key);
        int phase = 0;
        for (Bytes part : parts) {
            if (role.masks()) {
                out.masked(part, key, phase);
            } else {
                out.plain(part);
            }
            phase += part.length();
        }
    }
}
