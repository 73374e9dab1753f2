package io.cloudtunnel.protocol.ws;

import java.io.IOException;

/**
 * What stands before a frame's payload (RFC 6455, section 5.2).
 *
 * @param fin whether it is the last fragment
 * @param opcode a known one
 * @param length of the payload in bytes, up to 2^63 - 1; for a control frame at most 125
 * @param key the masking key; 0, which changes nothing, if the frame is not masked
 */
record FrameHeader(boolean fin, int opcode, long length, int key) {

    /** The longest payload of a control frame (section 5.5). */
    static final int MAX_CONTROL_BYTES = 125;

    /** The longest header: two bytes, a 64-bit length, a masking key. */
    static final int MAX_BYTES = 14;

    static final int FIN = 0x80;
    static final int MASKED = 0x80;
    static final int LENGTH_16 = 126;
    static final int LENGTH_64 = 127;

    /** The longest payload with a 16-bit length. */
    static final int MAX_16 = 0xFFFF;

    private static final int RSV = 0x70;

    boolean isControl() {
        return Opcode.isControl(opcode);
    }

    /**
     * Reads a header, and refuses it as early as possible.
     *
     * @throws WsException with {@link CloseCode#PROTOCOL_ERROR}
     */
    static FrameHeader read(WsInput in, Role receiver) throws IOException {
        int first = in.u8();
        int opcode = first & 0xF;
        boolean fin = (first & FIN) != 0;
        if ((first & RSV) != 0) {
            throw WsException.protocol("a reserved bit is set");
        }
        if (!Opcode.isKnown(opcode)) {
            throw WsException.protocol("unknown opcode");
        }
        if (Opcode.isControl(opcode) && !fin) {
            throw WsException.protocol("fragmented control frame");
        }
        int second = in.u8();
        boolean masked = (second & MASKED) != 0;
        if (masked == receiver.masks()) {
            throw WsException.protocol(masked ? "masked frame" : "frame without mask");
        }
        int shortLength = second & ~MASKED;
        if (Opcode.isControl(opcode) && shortLength > MAX_CONTROL_BYTES) {
            throw WsException.protocol("control frame too long");
        }
        long length = length(in, shortLength);
        return new FrameHeader(fin, opcode, length, masked ? (int) in.number(Integer.BYTES) : 0);
    }

    private static long length(WsInput in, int shortLength) throws IOException {
        if (shortLength < LENGTH_16) {
            return shortLength;
        }
        boolean wide = shortLength == LENGTH_64;
        long length = in.number(wide ? Long.BYTES : Short.BYTES);
        if (length < 0) {
            throw WsException.protocol("highest bit of the length is set");
        }
        if (length < (wide ? MAX_16 + 1 : LENGTH_16)) {
            throw WsException.protocol("length not in its shortest form");
        }
        return length;
    }
}
