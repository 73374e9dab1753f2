package io.cloudtunnel.protocol.ws;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.IOException;
import java.util.Arrays;

/**
 * Joins the fragments of one message after another (RFC 6455, section 5.4).
 *
 * <p>Memory follows what has arrived, never what was announced: at most {@link #TRUSTED_BYTES}
 * ahead, or twice the bytes received. For one thread.
 */
final class MessageJoiner {

    /**
     * Allocated on the word of a header: a chunk of 64 KiB with what surrounds it takes one piece.
     */
    static final int TRUSTED_BYTES = 128 * 1024;

    /** Fragments of one message that may be empty; they cost the sender almost nothing. */
    static final int MAX_EMPTY_FRAGMENTS = 64;

    private static final byte[] NOTHING = new byte[0];

    private final int maxBytes;
    private byte[] array = NOTHING;
    private int length;
    private int opcode = Opcode.CONTINUATION;
    private int emptyFragments;

    MessageJoiner(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Whether a message has begun and not ended. */
    boolean isOpen() {
        return opcode != Opcode.CONTINUATION;
    }

    /** Bytes allocated for the open message. */
    int allocated() {
        return array.length;
    }

    /**
     * Checks that a data frame may come now and is not too long, and reads its payload.
     *
     * @throws WsException if the frame is out of place, or over a limit
     */
    void add(FrameHeader header, WsInput in) throws IOException {
        begin(header);
        if (header.length() > maxBytes - length) {
            throw new WsException(CloseCode.MESSAGE_TOO_BIG, "message too long");
        }
        int end = length + (int) header.length();
        for (int start = length; length < end; ) {
            if (length == array.length) {
                array = Arrays.copyOf(array, capacity(end, header.fin()));
            }
            int count = in.read(array, length, Math.min(end, array.length) - length);
            if (header.key() != 0) {
                // At once, while these bytes are in the processor's cache.
                Masking.apply(array, length, length + count, header.key(), length - start);
            }
            length += count;
        }
    }

    /**
     * Ends the message, and is ready for the next one.
     *
     * @throws WsException if a text is not UTF-8
     */
    WsEvent finish() throws WsException {
        boolean text = opcode == Opcode.TEXT;
        if (text && !Utf8.isValid(array, 0, length)) {
            throw new WsException(CloseCode.INVALID_PAYLOAD, "text is not UTF-8");
        }
        Bytes payload = Bytes.wrap(array.length == length ? array : Arrays.copyOf(array, length));
        array = NOTHING;
        length = 0;
        opcode = Opcode.CONTINUATION;
        emptyFragments = 0;
        return text ? new WsEvent.Text(payload) : new WsEvent.Binary(payload);
    }

    private void begin(FrameHeader header) throws WsException {
        boolean continues = header.opcode() == Opcode.CONTINUATION;
        if (continues != isOpen()) {
            throw WsException.protocol(
                    continues ? "continuation without a message" : "new message inside another");
        }
        if (!continues) {
            opcode = header.opcode();
        }
        if (header.length() == 0 && ++emptyFragments > MAX_EMPTY_FRAGMENTS) {
            throw new WsException(CloseCode.POLICY_VIOLATION, "too many empty fragments");
        }
    }

    /** The next size of a full array, given the shortest length that the message can have. */
    private int capacity(int end, boolean last) {
        long doubled = 2L * length;
        // More fragments will come: growing by each of them would copy without end.
        long wanted = last ? end : Math.max(end, doubled);
        return (int) Math.min(maxBytes, Math.min(wanted, Math.max(TRUSTED_BYTES, doubled)));
    }
}
