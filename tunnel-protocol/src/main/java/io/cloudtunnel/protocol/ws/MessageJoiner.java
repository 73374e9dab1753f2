package io.cloudtunnel.protocol.ws;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.IOException;
import java.util.Arrays;

/**
 * Joins the fragments of one message after another (RFC 6455, section 5.4).
 *
 * <p>Memory follows what has arrived, never what was announced: at most {@link #TRUSTED_BYTES}
 * ahead, or twice the bytes received. Beyond {@link #FREE_BYTES} it is reserved first; of a message
 * for which there is no room only the beginning is kept. For one thread.
 */
final class MessageJoiner {

    /**
     * Allocated on the word of a header: a chunk of 64 KiB with what surrounds it takes one piece.
     */
    static final int TRUSTED_BYTES = 128 * 1024;

    /** Fragments of one message that may be empty; they cost the sender almost nothing. */
    static final int MAX_EMPTY_FRAGMENTS = 64;

    /** What each reader may hold of a message, with nothing reserved. */
    static final int FREE_BYTES = 256 * 1024;

    /** What is kept of a message for which there is no room. */
    static final int BEGINNING_BYTES = 64 * 1024;

    private static final byte[] NOTHING = new byte[0];

    private final int maxTextBytes;
    private final int maxBinaryBytes;
    private final MessageRoom room;
    private byte[] array = NOTHING;
    private int length; // of what is held
    private long total; // of the message so far
    private long reserved;
    private boolean cut;
    private int opcode = Opcode.CONTINUATION;
    private int emptyFragments;

    MessageJoiner(int maxTextBytes, int maxBinaryBytes, MessageRoom room) {
        this.maxTextBytes = maxTextBytes;
        this.maxBinaryBytes = maxBinaryBytes;
        this.room = room;
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
        if (header.length() > maxBytes() - total) {
            throw new WsException(CloseCode.MESSAGE_TOO_BIG, "message too long");
        }
        total += header.length();
        if (cut) {
            skip(header.length(), in);
            return;
        }
        int end = (int) total;
        for (int start = length; length < end; ) {
            if (length == array.length && !grow(capacity(end, header.fin()))) {
                cut = true;
                skip(end - length, in);
                return;
            }
            int count = in.read(array, length, Math.min(end, array.length) - length);
            if (header.key() != 0) {
                // At once, while these bytes are in the processor's cache.
                Masking.apply(array, length, length + count, header.key(), length - start);
            }
            length += count;
        }
    }

    private int maxBytes() {
        return opcode == Opcode.TEXT ? maxTextBytes : maxBinaryBytes;
    }

    /**
     * Twice the size is reserved: while the array grows there are two of them, and what a message
     * is decoded to is held beside it.
     */
    private boolean grow(int size) {
        if (size > FREE_BYTES) {
            long more = 2L * size - reserved;
            if (!room.tryReserve(more)) {
                return false;
            }
            reserved += more;
        }
        array = Arrays.copyOf(array, size);
        return true;
    }

    /** Reads on without looking, into the part of the array that will not be handed out. */
    private void skip(long bytes, WsInput in) throws IOException {
        for (long left = bytes; left > 0; ) {
            int most = (int) Math.min(left, array.length - BEGINNING_BYTES);
            left -= in.read(array, BEGINNING_BYTES, most);
        }
    }

    /** Gives back what is reserved: what was handed out last is of no more use. */
    void release() {
        room.release(reserved);
        reserved = 0;
    }

    /** Nothing more comes. */
    void drop() {
        array = NOTHING;
        release();
    }

    /**
     * Ends the message, and is ready for the next one. What it reserved is held until {@link
     * #release}.
     *
     * @throws WsException if a text is not UTF-8
     */
    WsEvent finish() throws WsException {
        if (cut) {
            Bytes beginning = Bytes.copyOf(array, 0, BEGINNING_BYTES);
            reset();
            release();
            return new WsEvent.Cut(beginning);
        }
        boolean text = opcode == Opcode.TEXT;
        if (text && !Utf8.isValid(array, 0, length)) {
            throw new WsException(CloseCode.INVALID_PAYLOAD, "text is not UTF-8");
        }
        Bytes payload = Bytes.wrap(array.length == length ? array : Arrays.copyOf(array, length));
        reset();
        return text ? new WsEvent.Text(payload) : new WsEvent.Binary(payload);
    }

    /** The next message begins with nothing. */
    private void reset() {
        array = NOTHING;
        length = 0;
        total = 0;
        cut = false;
        opcode = Opcode.CONTINUATION;
        emptyFragments = 0;
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
        return (int) Math.min(maxBytes(), Math.min(wanted, Math.max(TRUSTED_BYTES, doubled)));
    }
}
