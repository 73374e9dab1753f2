package io.cloudtunnel.it;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * A local service for bodies. The path says what it does: {@code /sink} tells what it got; {@code
 * /down/length/N}, {@code /down/chunked/N} and {@code /down/close/N} send N bytes; {@code /echo}
 * answers while it reads; anything else is answered with nothing, and says how the request's body
 * was framed.
 */
final class Bodies implements RawService.Handler {

    @Override
    public void handle(RawService.Call call) throws Exception {
        String target = call.head().target();
        if (target.startsWith("/sink")) {
            sink(call);
        } else if (target.startsWith("/down/")) {
            String[] parts = target.split("/", -1);
            down(call.wire(), parts[2], Long.parseLong(parts[3]));
        } else if (target.startsWith("/echo")) {
            echo(call);
        } else {
            call.wire()
                    .head(
                            "HTTP/1.1 200 OK",
                            "X-Framing: " + call.head().framing(),
                            "Content-Length: 0");
        }
    }

    private static void sink(RawService.Call call) throws IOException {
        Content.Seen seen = Content.read(call.body());
        call.wire()
                .head(
                        "HTTP/1.1 200 OK",
                        "X-Framing: " + call.head().framing(),
                        "X-Seen: " + seen.length() + " " + seen.hash(),
                        "Content-Length: 0");
    }

    private static void down(Wire wire, String framing, long length) throws IOException {
        switch (framing) {
            case "length" -> {
                wire.head("HTTP/1.1 200 OK", "Content-Length: " + length);
                Content.write(length, (bytes, count) -> wire.send(Arrays.copyOf(bytes, count)));
            }
            case "chunked" -> {
                wire.head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked");
                Content.write(length, wire::chunk);
                wire.lastChunk();
            }
            default -> {
                wire.head("HTTP/1.1 200 OK", "Connection: close");
                Content.write(length, (bytes, count) -> wire.send(Arrays.copyOf(bytes, count)));
                wire.close();
            }
        }
    }

    private static void echo(RawService.Call call) throws IOException {
        String framing = call.head().framing();
        boolean chunked = framing.equals("chunked");
        call.wire()
                .head(
                        "HTTP/1.1 200 OK",
                        "X-Framing: " + framing,
                        chunked
                                ? "Transfer-Encoding: chunked"
                                : "Content-Length: " + (framing.equals("none") ? "0" : framing));
        InputStream body = call.body();
        byte[] piece = new byte[32 * 1024];
        int count = body.read(piece);
        while (count >= 0) {
            if (chunked) {
                call.wire().chunk(piece, count);
            } else {
                call.wire().send(Arrays.copyOf(piece, count));
            }
            count = body.read(piece);
        }
        if (chunked) {
            call.wire().lastChunk();
        }
    }
}
