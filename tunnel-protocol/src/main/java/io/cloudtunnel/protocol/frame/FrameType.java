package io.cloudtunnel.protocol.frame;

/** The types and flags of frames, in the order of docs/protocol.md, section 6.1. */
final class FrameType {

    static final int HELLO = 0x01;
    static final int PING = 0x02;
    static final int PONG = 0x03;
    static final int LEAVING = 0x04;
    static final int GO_AWAY = 0x05;
    static final int REQ = 0x10;
    static final int REQ_CHUNK = 0x11;
    static final int RESP = 0x12;
    static final int RESP_CHUNK = 0x13;
    static final int CREDIT = 0x14;
    static final int STOP = 0x15;
    static final int RESET = 0x16;
    static final int REFUSED = 0x17;

    /** Types from here on are skipped where they are not known. */
    static final int OPTIONAL = 0x80;

    /** Set in the types of frames that belong to a stream. */
    static final int OF_STREAM = 0x10;

    static final int END = 0x01;
    static final int TRAILERS = 0x02;
    static final int UPGRADE = 0x04;

    private FrameType() {}

    static boolean isKnown(int type) {
        return (type >= HELLO && type <= GO_AWAY) || (type >= REQ && type <= REFUSED);
    }

    static boolean flagsFit(int type, int flags) {
        return switch (type) {
            case REQ -> flags == 0 || flags == END || flags == UPGRADE;
            case REQ_CHUNK, RESP_CHUNK -> flags == 0 || flags == END || flags == (END | TRAILERS);
            case RESP -> flags == 0 || flags == END;
            default -> flags == 0;
        };
    }

    /** Whether a payload may have this length. */
    static boolean lengthFits(int type, int flags, long length, int headMax) {
        return switch (type) {
            case HELLO -> length >= 6 && length <= 65_536;
            case PING, PONG -> length == 8;
            case LEAVING, GO_AWAY -> length >= 6 && length <= 6 + BinaryCodec.MAX_TEXT;
            case REQ -> length >= 8 && length <= headMax;
            case RESP -> length >= 4 && length <= headMax;
            case REQ_CHUNK, RESP_CHUNK ->
                    length <= ((flags & TRAILERS) != 0 ? headMax : BinaryCodec.MAX_CHUNK);
            case CREDIT -> length == 4;
            case STOP -> length == 2;
            case RESET, REFUSED -> length >= 2 && length <= 2 + BinaryCodec.MAX_TEXT;
            default -> length <= BinaryCodec.MAX_OPTIONAL;
        };
    }
}
