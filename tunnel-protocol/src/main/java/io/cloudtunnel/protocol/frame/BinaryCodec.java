package io.cloudtunnel.protocol.frame;

import java.util.ArrayList;
import java.util.List;

/**
 * Between bytes and the frames of binary mode; docs/protocol.md, section 6. Pure functions, safe
 * for use by several threads. Data of chunks is not copied, in either direction.
 */
public final class BinaryCodec {

    /** The longest message, in bytes. */
    public static final int MAX_MESSAGE = 256 * 1024;

    /** The most data in one chunk, in bytes. */
    public static final int MAX_CHUNK = 64 * 1024;

    /** The length of a frame's header, in bytes. */
    public static final int HEADER = 12;

    static final int MAX_TEXT = 255;
    static final int MAX_OPTIONAL = 16_384;

    private BinaryCodec() {}

    /**
     * Reads all frames of a message.
     *
     * @param headMax the longest head that this side accepts, in bytes
     * @throws ProtocolException if any of them is wrong
     */
    public static List<Frame> decode(Bytes message, int headMax) throws ProtocolException {
        if (message.isEmpty()) {
            throw new ProtocolException("truncated");
        }
        List<Frame> frames = new ArrayList<>(4);
        PayloadReader in = new PayloadReader(message);
        while (in.remaining() > 0) {
            decodeOne(in, headMax, frames);
        }
        return frames;
    }

    private static void decodeOne(PayloadReader in, int headMax, List<Frame> frames)
            throws ProtocolException {
        if (in.remaining() < HEADER) {
            throw new ProtocolException("truncated");
        }
        int type = in.u8();
        int flags = in.u8();
        int reserved = in.u16();
        int stream = in.i32();
        long length = in.u32();
        boolean optional = type >= FrameType.OPTIONAL;
        check(optional || FrameType.isKnown(type), "unknown-type");
        check(optional || FrameType.flagsFit(type, flags), "bad-flags");
        check(reserved == 0 && stream >= 0, "reserved-bits");
        check(optional || (stream != 0) == ((type & FrameType.OF_STREAM) != 0), "bad-stream");
        check(FrameType.lengthFits(type, flags, length, headMax), "bad-length");
        if (length > in.remaining()) {
            throw new ProtocolException("truncated");
        }
        PayloadReader payload = in.take((int) length);
        if (!optional) {
            frames.add(FrameDecoder.decode(type, flags, stream, payload));
        }
    }

    static void check(boolean holds, String word) throws ProtocolException {
        if (!holds) {
            throw new ProtocolException(word);
        }
    }

    /**
     * Appends a frame as parts of a message: what is built anew, and the data of a chunk as it is.
     *
     * @return the number of bytes
     */
    public static int encode(Frame frame, List<Bytes> parts) {
        return FrameEncoder.encode(frame, parts);
    }

    /** At least the bytes that a frame takes, header and all. */
    public static int mostBytes(Frame frame) {
        return HEADER
                + switch (frame) {
                    case Frame.Req req -> sizeOf(req.head());
                    case Frame.Resp resp -> sizeOf(resp.head());
                    case Frame.Chunk chunk ->
                            chunk.trailers() != null
                                    ? chunk.trailers().byteCount()
                                    : chunk.data().length();
                    case Frame.Hello ignored -> 64 * 1024;
                    default -> 8 + MAX_TEXT;
                };
    }

    /** Whether the wire has room for each name and value: at most 65,535 bytes. */
    public static boolean isCarried(Fields fields) {
        for (int i = 0; i < fields.size(); i++) {
            if (fields.name(i).length() > 0xFFFF || fields.value(i).length() > 0xFFFF) {
                return false;
            }
        }
        return true;
    }

    /** The bytes that a request's head takes as the payload of a frame. */
    public static int sizeOf(RequestHead head) {
        return 8 + head.method().length() + head.target().length() + head.fields().byteCount();
    }

    /** The bytes that a response's head takes as the payload of a frame. */
    public static int sizeOf(ResponseHead head) {
        return 4 + head.reason().length() + head.fields().byteCount();
    }
}
