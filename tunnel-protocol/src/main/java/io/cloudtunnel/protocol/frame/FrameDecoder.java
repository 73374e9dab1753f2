package io.cloudtunnel.protocol.frame;

import org.jspecify.annotations.Nullable;

/** Reads the payload of each type of frame, whose header is checked. */
final class FrameDecoder {

    private FrameDecoder() {}

    static Frame decode(int type, int flags, int stream, PayloadReader in)
            throws ProtocolException {
        boolean end = (flags & FrameType.END) != 0;
        return switch (type) {
            case FrameType.HELLO -> new Frame.Hello(GreetingCodec.decode(in));
            case FrameType.PING -> new Frame.Ping(in.i64());
            case FrameType.PONG -> new Frame.Pong(in.i64());
            case FrameType.LEAVING ->
                    new Frame.Leaving(in.u32(), reason(in, Reason.NONE), in.restAsText());
            case FrameType.GO_AWAY ->
                    new Frame.GoAway(in.u31(), reason(in, Reason.NONE), in.restAsText());
            case FrameType.REQ -> request(flags, stream, in);
            case FrameType.REQ_CHUNK ->
                    new Frame.ReqChunk(stream, data(flags, in), end, trailers(flags, in));
            case FrameType.RESP -> response(flags, stream, in);
            case FrameType.RESP_CHUNK ->
                    new Frame.RespChunk(stream, data(flags, in), end, trailers(flags, in));
            case FrameType.CREDIT -> credit(stream, in);
            case FrameType.STOP -> new Frame.Stop(stream, reason(in, Reason.NONE));
            case FrameType.RESET ->
                    new Frame.Reset(stream, reason(in, Reason.INTERNAL), in.restAsText());
            case FrameType.REFUSED ->
                    new Frame.Refused(stream, reason(in, Reason.DRAINING), in.restAsText());
            default -> throw new ProtocolException("unknown-type");
        };
    }

    private static Reason reason(PayloadReader in, Reason otherwise) throws ProtocolException {
        return Reason.of(in.u16(), otherwise);
    }

    private static Frame request(int flags, int stream, PayloadReader in) throws ProtocolException {
        int credit = in.u31();
        int methodLength = in.u16();
        int targetLength = in.u16();
        BinaryCodec.check(methodLength > 0 && targetLength > 0, "bad-payload");
        String method = in.latin1(methodLength);
        String target = in.latin1(targetLength);
        return new Frame.Req(
                stream,
                credit,
                RequestHead.of(method, target, in.restAsFields()),
                (flags & FrameType.END) != 0,
                (flags & FrameType.UPGRADE) != 0);
    }

    private static Frame response(int flags, int stream, PayloadReader in)
            throws ProtocolException {
        int status = in.u16();
        BinaryCodec.check(status >= 100 && status <= 999, "bad-payload");
        String phrase = in.latin1(in.u16());
        boolean end = (flags & FrameType.END) != 0;
        ResponseHead head = new ResponseHead(status, phrase, in.restAsFields());
        BinaryCodec.check(!end || status >= 200, "bad-payload");
        return new Frame.Resp(stream, head, end);
    }

    private static Bytes data(int flags, PayloadReader in) throws ProtocolException {
        if ((flags & FrameType.TRAILERS) != 0) {
            return Bytes.EMPTY;
        }
        BinaryCodec.check(in.remaining() > 0 || (flags & FrameType.END) != 0, "bad-payload");
        return in.bytes(in.remaining());
    }

    private static @Nullable Fields trailers(int flags, PayloadReader in) throws ProtocolException {
        return (flags & FrameType.TRAILERS) != 0 ? in.restAsFields() : null;
    }

    private static Frame credit(int stream, PayloadReader in) throws ProtocolException {
        int increment = in.u31();
        BinaryCodec.check(increment > 0, "bad-payload");
        return new Frame.Credit(stream, increment);
    }
}
