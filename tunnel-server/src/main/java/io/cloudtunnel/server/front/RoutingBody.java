package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.http.HttpException;
import io.cloudtunnel.protocol.session.Exchange;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request that came through Helidon's routing: read to its end, read on for a while,
 * or dropped. One thread reads.
 */
final class RoutingBody {

    private static final Logger LOGGER = System.getLogger(RoutingBody.class.getName());
    private static final int PIECE = 64 * 1024;

    /** How long a client that is still sending has to see the response. */
    static final Duration LINGER = Duration.ofSeconds(2);

    private final ServerRequest request;
    private final StreamWatch watch;
    private final long length;
    private long received;
    private @Nullable InputStream in;
    private byte @Nullable [] scratch;
    private volatile boolean ended;
    private volatile boolean stopped;

    /**
     * A body that is not read yet.
     *
     * @param length in bytes, or {@code Exchange.UNKNOWN_LENGTH}
     */
    RoutingBody(ServerRequest request, StreamWatch watch, long length) {
        this.request = request;
        this.watch = watch;
        this.length = length;
        this.ended = length == 0;
    }

    /**
     * What a handler has left of a body.
     *
     * @param in where it has read from, null where it has not
     */
    static RoutingBody left(ServerRequest request, StreamWatch watch, @Nullable InputStream in) {
        RoutingBody body = new RoutingBody(request, watch, Exchange.UNKNOWN_LENGTH);
        body.in = in;
        return body;
    }

    long length() {
        return length;
    }

    /** Whether all of it was read. */
    boolean ended() {
        return ended;
    }

    /** The next piece, null at the end. */
    @Nullable Bytes read() throws IOException {
        if (ended) {
            return null;
        }
        if (in == null) {
            in = request.content().inputStream();
        }
        if (scratch == null) {
            scratch = new byte[PIECE];
        }
        byte[] piece = scratch;
        int count = readInto(piece);
        ended |= count < 0;
        received += Math.max(0, count);
        if (count < 0 && length >= 0 && received != length) {
            throw new HttpException(400, "the body is not as long as Content-Length says");
        }
        if (count == PIECE) { // given away
            scratch = null;
            return Bytes.wrap(piece);
        }
        return count < 0 ? null : Bytes.copyOf(piece, 0, count);
    }

    private int readInto(byte[] piece) throws IOException {
        InputStream body = Objects.requireNonNull(in);
        return watch.read(() -> body.read(piece));
    }

    /**
     * Reads what still comes, for as long as a client may need; false if it has gone, or goes on.
     */
    boolean readOn() throws InterruptedException {
        if (!ended) {
            Thread reader = Thread.ofVirtual().name("tunnel-linger").start(this::readToTheEnd);
            if (!reader.join(LINGER)) {
                stopped = true; // the request's end, or closing, ends the reader
            }
        }
        return !stopped;
    }

    private void readToTheEnd() {
        try {
            Bytes dropped = read();
            while (dropped != null && !stopped) {
                dropped = read();
            }
        } catch (IOException e) {
            stopped = true; // the client is gone
        }
    }

    /** Nobody wants the rest. */
    void stop() {
        stopped = true;
    }

    /** Helidon would wait for the end of the body; where it is interrupted it takes that for it. */
    void drop() {
        if (request.content().consumed() && !watch.tooSlow()) {
            return;
        }
        watch.discard();
        for (int i = 0; i < 2 && !request.content().consumed(); i++) {
            Thread.currentThread().interrupt();
            try {
                request.content().consume();
            } catch (RuntimeException e) {
                LOGGER.log(Level.TRACE, "the client is gone", e);
            }
            Thread.interrupted();
        }
    }
}
