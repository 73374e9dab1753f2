package io.cloudtunnel.protocol.frame;

import java.util.List;

/** Writes each type of frame. */
final class FrameEncoder {

    private FrameEncoder() {}

    static int encode(Frame frame, List<Bytes> parts) {
        return switch (frame) {
            case Frame.Hello hello -> add(parts, GreetingCodec.encode(hello.greeting()));
            case Frame.Ping ping ->
                    add(parts, fixed(FrameType.PING, 0, 8).i64(ping.content()).done());
            case Frame.Pong pong ->
                    add(parts, fixed(FrameType.PONG, 0, 8).i64(pong.content()).done());
            case Frame.Leaving leaving ->
                    add(
                            parts,
                            numbered(
                                    FrameType.LEAVING,
                                    (int) leaving.millis(),
                                    leaving.reason(),
                                    leaving.text()));
            case Frame.GoAway away ->
                    add(
                            parts,
                            numbered(
                                    FrameType.GO_AWAY,
                                    away.lastStream(),
                                    away.reason(),
                                    away.text()));
            case Frame.Req req -> add(parts, request(req));
            case Frame.ReqChunk chunk -> chunk(FrameType.REQ_CHUNK, chunk, parts);
            case Frame.Resp resp -> add(parts, response(resp));
            case Frame.RespChunk chunk -> chunk(FrameType.RESP_CHUNK, chunk, parts);
            case Frame.Credit credit ->
                    add(
                            parts,
                            fixed(FrameType.CREDIT, credit.stream(), 4)
                                    .i32(credit.increment())
                                    .done());
            case Frame.Stop stop ->
                    add(
                            parts,
                            fixed(FrameType.STOP, stop.stream(), 2)
                                    .u16(stop.reason().number())
                                    .done());
            case Frame.Reset reset ->
                    add(
                            parts,
                            ending(FrameType.RESET, reset.stream(), reset.reason(), reset.text()));
            case Frame.Refused refused ->
                    add(
                            parts,
                            ending(
                                    FrameType.REFUSED,
                                    refused.stream(),
                                    refused.reason(),
                                    refused.text()));
        };
    }

    private static int add(List<Bytes> parts, Bytes bytes) {
        parts.add(bytes);
        return bytes.length();
    }

    private static PayloadWriter fixed(int type, int stream, int length) {
        return new PayloadWriter(type, 0, stream, length, length);
    }

    private static Bytes numbered(int type, int number, Reason reason, String text) {
        byte[] utf8 = PayloadWriter.shortText(text);
        return fixed(type, 0, 6 + utf8.length).i32(number).u16(reason.number()).bytes(utf8).done();
    }

    private static Bytes ending(int type, int stream, Reason reason, String text) {
        byte[] utf8 = PayloadWriter.shortText(text);
        return fixed(type, stream, 2 + utf8.length).u16(reason.number()).bytes(utf8).done();
    }

    private static Bytes request(Frame.Req req) {
        RequestHead head = req.head();
        String target = head.target();
        int length = BinaryCodec.sizeOf(head);
        int flags = (req.end() ? FrameType.END : 0) | (req.upgrade() ? FrameType.UPGRADE : 0);
        return new PayloadWriter(FrameType.REQ, flags, req.stream(), length, length)
                .i32(req.credit())
                .u16(head.method().length())
                .u16(target.length())
                .latin1(head.method())
                .latin1(target)
                .fields(head.fields())
                .done();
    }

    private static Bytes response(Frame.Resp resp) {
        ResponseHead head = resp.head();
        int length = BinaryCodec.sizeOf(head);
        int flags = resp.end() ? FrameType.END : 0;
        return new PayloadWriter(FrameType.RESP, flags, resp.stream(), length, length)
                .u16(head.status())
                .u16(head.reason().length())
                .latin1(head.reason())
                .fields(head.fields())
                .done();
    }

    private static int chunk(int type, Frame.Chunk chunk, List<Bytes> parts) {
        Fields trailers = chunk.trailers();
        if (trailers != null) {
            int length = trailers.byteCount();
            int flags = FrameType.END | FrameType.TRAILERS;
            return add(
                    parts,
                    new PayloadWriter(type, flags, chunk.stream(), length, length)
                            .fields(trailers)
                            .done());
        }
        int length = chunk.data().length();
        int flags = chunk.end() ? FrameType.END : 0;
        int size = add(parts, new PayloadWriter(type, flags, chunk.stream(), 0, length).done());
        return length == 0 ? size : size + add(parts, chunk.data());
    }
}
