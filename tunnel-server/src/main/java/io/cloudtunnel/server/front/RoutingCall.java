package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Status;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A public request that came through Helidon's routing. */
final class RoutingCall implements PublicCall {

    private static final int PIECE = 64 * 1024;

    /** How long a client that is still sending has to see the response. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private final ServerRequest request;
    private final ServerResponse response;
    private final RequestHead head;
    private final long bodyLength;
    private @Nullable InputStream in;
    private @Nullable OutputStream out;
    private byte @Nullable [] scratch; // of the thread that reads
    private volatile boolean bodyRead;
    private boolean saidClose;
    private volatile boolean aborted;

    RoutingCall(ServerRequest request, ServerResponse response) {
        this.request = request;
        this.response = response;
        HttpPrologue prologue = request.prologue();
        String query = prologue.query().rawValue();
        this.head =
                new RequestHead(
                        prologue.method().text(),
                        prologue.uriPath().rawPath(),
                        query.isEmpty() ? null : query,
                        RoutingFields.of(request));
        this.bodyLength =
                head.fields().contains("Transfer-Encoding")
                        ? Exchange.UNKNOWN_LENGTH
                        : request.headers().contentLength().orElse(0);
        this.bodyRead = bodyLength == 0;
    }

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public @Nullable String host() {
        return head.fields().first("Host");
    }

    @Override
    public Fields requestTrailers() {
        return Fields.EMPTY; // Helidon refuses them
    }

    @Override
    public boolean carriesUpgrades() {
        return false;
    }

    @Override
    public @Nullable Bytes readRaw() {
        throw new IllegalStateException("this front end carries no upgrades");
    }

    @Override
    public void onGone(Runnable action) {
        // Helidon does not tell.
    }

    @Override
    public void interim(ResponseHead interim) {
        // Helidon would take it for the final one; it sends a 100 by itself.
    }

    @Override
    public String peerHost() {
        return request.remotePeer().host();
    }

    @Override
    public boolean isSecure() {
        return request.isSecure();
    }

    @Override
    public long bodyLength() {
        return bodyLength;
    }

    @Override
    public @Nullable Bytes read() throws IOException {
        if (bodyRead) {
            return null;
        }
        try {
            if (in == null) {
                in = request.content().inputStream();
            }
            if (scratch == null) {
                scratch = new byte[PIECE];
            }
            int count = in.read(scratch);
            bodyRead |= count < 0;
            if (count == PIECE) { // given away
                Bytes whole = Bytes.wrap(scratch);
                scratch = null;
                return whole;
            }
            return count < 0 ? null : Bytes.copyOf(scratch, 0, count);
        } catch (RuntimeException e) { // Helidon's own exceptions for a broken connection
            throw new IOException("the client is gone", e);
        }
    }

    @Override
    public void begin(ResponseHead answer, boolean hasBody) throws IOException {
        response.status(
                answer.reason().isEmpty()
                        ? Status.create(answer.status())
                        : Status.create(answer.status(), answer.reason()));
        Fields fields = answer.fields();
        if (answer.status() == 204 || answer.status() == 304) {
            fields = fields.without("Content-Length"); // Helidon would answer 500
        }
        Map<String, List<String>> values = new LinkedHashMap<>();
        fields.forEach(
                (name, value) -> values.computeIfAbsent(name, n -> new ArrayList<>()).add(value));
        values.forEach((name, list) ->
                response.headers().add(HeaderValues.create(HeaderNames.create(name), list)));
        if (!bodyRead) { // what is left of it cannot be told from a next request
            response.header(HeaderValues.CONNECTION_CLOSE);
            saidClose = true;
        }
        try {
            if (hasBody) {
                out = response.outputStream();
            } else {
                response.send();
            }
        } catch (RuntimeException e) {
            throw new IOException("the client is gone", e);
        }
    }

    @Override
    public void write(Bytes piece) throws IOException {
        try {
            if (out == null) {
                throw new IllegalStateException("the response has no body");
            }
            // A copy, since Helidon's stream writes too much of an array that begins elsewhere.
            out.write(piece.toByteArray());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            if (out != null) {
                out.flush();
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void end(Fields trailers) throws IOException {
        try {
            if (out != null) {
                out.close();
            }
            if (response instanceof RoutingResponse routing) {
                routing.commit(); // closing alone leaves the last chunk unwritten
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (ServerConnectionException e) {
            throw new IOException("the client is gone", e);
        }
    }

    /**
     * After a response that did not wait for the whole request: reads on for a while, since closing
     * with bytes unread would reset the connection, and a client that is still sending might never
     * see the response.
     *
     * @return whether the connection has to be closed
     */
    boolean endsConnection() throws InterruptedException {
        if (!bodyRead && !aborted) {
            Thread reader = Thread.ofVirtual().name("tunnel-linger").start(this::readOn);
            if (!reader.join(LINGER)) {
                aborted = true; // closing ends the reader
            }
        }
        return aborted || saidClose;
    }

    private void readOn() {
        try {
            Bytes dropped = read();
            while (dropped != null && !aborted) {
                dropped = read();
            }
        } catch (IOException e) {
            aborted = true; // the client is gone
        }
    }

    @Override
    public void abort() {
        aborted = true;
    }
}
