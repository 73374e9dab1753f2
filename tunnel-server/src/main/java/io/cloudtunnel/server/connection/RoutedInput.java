package io.cloudtunnel.server.connection;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.http.BodyFraming;
import io.cloudtunnel.protocol.http.HttpInput;
import io.cloudtunnel.protocol.http.HttpVersion;
import io.cloudtunnel.protocol.http.ReceivedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of requests that are Helidon's to answer, one request after another, up to the first
 * one that is not: that one is kept, and Helidon sees the end of the connection instead.
 *
 * <p>The bytes are written anew from what was read strictly, so that Helidon never sees what two
 * readers could understand in two ways, nor what it cannot read: chunk extensions, trailers, and
 * HTTP/1.0, which becomes 1.1 with {@code Connection: close}.
 */
final class RoutedInput implements Supplier<byte[]> {

    /** Where requests come from, and whose they are. */
    interface Source {
        /** Waits for the next request; null at the end of the connection. */
        @Nullable Arrival next() throws IOException;

        /** Waits for the next piece of a request's body, null at its end. */
        @Nullable Bytes readBody() throws IOException;
    }

    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private enum State {
        HEAD,
        BODY,
        NEXT,
        RAW
    }

    private final HttpInput in;
    private final Source source;
    private ReceivedRequest request;
    private State state = State.HEAD;
    private @Nullable Arrival kept;

    RoutedInput(HttpInput in, Source source, ReceivedRequest first) {
        this.in = in;
        this.source = source;
        this.request = first;
    }

    /** The request at which it ended, for somebody else; null where the connection did. */
    @Nullable Arrival kept() {
        return kept;
    }

    /** What follows is another protocol; says whether some of it has come. */
    boolean switchProtocols() {
        state = State.RAW;
        in.release(); // such connections are idle for long, in thousands
        return in.hasBuffered();
    }

    @Override
    public byte @Nullable [] get() {
        try {
            return switch (state) {
                case HEAD -> head();
                case BODY -> body();
                case NEXT -> next();
                case RAW -> raw();
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] head() {
        state = request.framing().kind() == BodyFraming.Kind.NONE ? State.NEXT : State.BODY;
        StringBuilder head = new StringBuilder(512);
        head.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.1\r\n");
        Fields fields = request.fields();
        for (int i = 0; i < fields.size(); i++) {
            head.append(fields.name(i)).append(": ");
            head.append(value(fields.name(i), fields.value(i))).append("\r\n");
        }
        if (request.version() == HttpVersion.HTTP_1_0) {
            head.append("Connection: close\r\n");
            if (!fields.contains("Host")) {
                head.append("Host: \r\n");
            }
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Helidon looks the protocol up as it came, though it has no case (RFC 6455, 4.2.1). */
    private static String value(String name, String value) {
        boolean webSocket = name.equalsIgnoreCase("Upgrade") && value.equalsIgnoreCase("websocket");
        return webSocket ? "websocket" : value;
    }

    private byte @Nullable [] body() throws IOException {
        Bytes piece = source.readBody();
        boolean chunked = request.framing().kind() == BodyFraming.Kind.CHUNKED;
        if (piece == null) {
            state = State.NEXT;
            return chunked ? LAST_CHUNK : next();
        }
        return chunked ? chunk(piece) : piece.toByteArray();
    }

    private static byte[] chunk(Bytes data) {
        byte[] line =
                (Integer.toHexString(data.length()) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = new byte[line.length + data.length() + 2];
        System.arraycopy(line, 0, chunk, 0, line.length);
        data.copyTo(chunk, line.length);
        chunk[chunk.length - 2] = '\r';
        chunk[chunk.length - 1] = '\n';
        return chunk;
    }

    private byte @Nullable [] next() throws IOException {
        Arrival following = kept == null ? source.next() : null;
        if (following == null || following.route() != null) {
            kept = kept == null ? following : kept;
            return null;
        }
        request = following.request();
        return head();
    }

    private byte @Nullable [] raw() throws IOException {
        if (!in.hasBuffered() && !in.await()) {
            return null;
        }
        Bytes taken = in.takeBuffered();
        return taken == null ? null : taken.toByteArray();
    }
}
