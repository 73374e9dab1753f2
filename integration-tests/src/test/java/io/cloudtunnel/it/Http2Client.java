package io.cloudtunnel.it;

import static io.cloudtunnel.server.wire.Http2Wire.CONTINUATION;
import static io.cloudtunnel.server.wire.Http2Wire.DATA;
import static io.cloudtunnel.server.wire.Http2Wire.GOAWAY;
import static io.cloudtunnel.server.wire.Http2Wire.HEADERS;
import static io.cloudtunnel.server.wire.Http2Wire.RST_STREAM;
import static io.cloudtunnel.server.wire.Http2Wire.SETTINGS;
import static io.cloudtunnel.server.wire.Http2Wire.WINDOW_UPDATE;

import io.cloudtunnel.server.wire.Http2Wire;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes exchanges over a connection of HTTP/2, one after the other, and takes nothing for complete
 * that is not. Keeps to the server's windows, and opens its own as wide as they get.
 */
final class Http2Client implements AutoCloseable {

    private static final int FRAME_BYTES = 16 * 1024;
    private static final int FIRST_WINDOW = 65_535;
    private static final int INITIAL_WINDOW_SIZE = 4;

    private final Http2Wire wire;
    private final Hpack hpack = new Hpack();
    private final Map<Integer, Integer> windows = new HashMap<>();
    private int initialWindow = FIRST_WINDOW;
    private int window = FIRST_WINDOW;
    private int stream = -1;

    private List<String> lines; // of the head that has come
    private boolean ended;

    Http2Client(Wire connection) throws IOException {
        wire = new Http2Wire(connection.socket());
        wire.frame(SETTINGS, 0, 0, new byte[] {0, INITIAL_WINDOW_SIZE, 0x40, 0, 0, 0});
        wire.frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(1 << 30).array());
        while (initialWindow == FIRST_WINDOW) { // the server sets another one
            take(wire.read(), new ByteArrayOutputStream());
        }
    }

    /**
     * Makes an exchange.
     *
     * @param expects whether the body waits for an answer of 100
     * @param atMost of the answer's body; then the client leaves
     */
    List<Seen> exchange(Http2Message message, boolean expects, int atMost) throws IOException {
        begin(message);
        List<Seen> answers = new ArrayList<>();
        if (!expects) {
            send(message);
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        awaitHead(body);
        while (status() / 100 == 1) {
            answers.add(seen("", List.of()));
            if (expects && status() == 100) {
                send(message);
            }
            awaitHead(body);
        }
        List<String> head = lines;
        lines = null;
        while (!ended && body.size() < atMost) {
            take(wire.read(), body);
        }
        List<String> trailers = ended && lines != null ? lines : List.of();
        lines = head;
        answers.add(seen(body.toString(StandardCharsets.ISO_8859_1), trailers));
        if (!ended) {
            wire.reset(stream);
        }
        return answers;
    }

    private void begin(Http2Message message) throws IOException {
        stream += 2;
        ended = false;
        boolean ends = message.body() == null && message.trailers().isEmpty();
        String[] fields = message.fields().toArray(String[]::new);
        wire.request(stream, message.method(), message.target(), ends, fields);
    }

    private void send(Http2Message message) throws IOException {
        if (message.body() == null) {
            return;
        }
        byte[] all = message.bytes();
        boolean trailers = !message.trailers().isEmpty();
        int at = 0;
        do {
            int room = Math.min(window, windows.getOrDefault(stream, initialWindow));
            int count = Math.min(Math.min(room, FRAME_BYTES), all.length - at);
            if (count == 0 && at < all.length) {
                take(wire.read(), new ByteArrayOutputStream());
                continue;
            }
            byte[] piece = Arrays.copyOfRange(all, at, at + count);
            at += count;
            wire.data(stream, piece, at == all.length && !trailers);
            window -= count;
            windows.merge(stream, initialWindow - count, (old, fresh) -> old - count);
        } while (at < all.length);
        if (trailers) {
            wire.trailers(stream, message.trailers().toArray(String[]::new));
        }
    }

    private void awaitHead(ByteArrayOutputStream body) throws IOException {
        lines = null;
        while (lines == null) {
            take(wire.read(), body);
        }
    }

    private int status() {
        return Integer.parseInt(lines.getFirst().substring(":status:".length()));
    }

    /** Framing is HTTP/2's own, and there are no reasons. */
    private Seen seen(String body, List<String> trailers) throws IOException {
        for (String line : lines) {
            if (!line.startsWith(":") && Http2Message.isOfAConnection(Seen.name(line))) {
                throw new IOException("has no place in HTTP/2: " + line);
            }
        }
        String start = "HTTP/2 " + status();
        return new Seen(start, lines.subList(1, lines.size()), "", body, trailers);
    }

    private void take(Http2Wire.Frame frame, ByteArrayOutputStream body) throws IOException {
        boolean own = frame.stream() == stream;
        switch (frame.type()) {
            case DATA -> {
                if (own) {
                    body.writeBytes(frame.payload());
                }
            }
            case HEADERS -> {
                List<String> read = hpack.read(head(frame));
                lines = own ? read : lines;
            }
            case RST_STREAM -> {
                if (own) {
                    throw new EOFException("the stream was reset after " + body);
                }
            }
            case GOAWAY -> throw new EOFException("GOAWAY after " + body);
            case WINDOW_UPDATE -> {
                int more = ByteBuffer.wrap(frame.payload()).getInt();
                if (frame.stream() == 0) {
                    window += more;
                } else {
                    windows.merge(frame.stream(), initialWindow + more, (old, fresh) -> old + more);
                }
            }
            case SETTINGS -> settings(frame);
            default -> {}
        }
        ended |= frame.ends(stream);
    }

    /** A field block may need several frames. */
    private byte[] head(Http2Wire.Frame first) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(first.payload());
        Http2Wire.Frame frame = first;
        while ((frame.flags() & Http2Wire.END_HEADERS) == 0) {
            frame = wire.read();
            if (frame.type() != CONTINUATION) {
                throw new IOException("frame " + frame.type() + " within a field block");
            }
            block.writeBytes(frame.payload());
        }
        return block.toByteArray();
    }

    private void settings(Http2Wire.Frame frame) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(frame.payload());
        while (all.remaining() >= 6) {
            int name = all.getShort();
            int value = all.getInt();
            if (name == INITIAL_WINDOW_SIZE) {
                initialWindow = value;
            }
        }
        if ((frame.flags() & 1) == 0) {
            wire.frame(SETTINGS, 1, 0, new byte[0]);
        }
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
