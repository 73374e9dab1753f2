package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.http.HopByHop;
import io.cloudtunnel.protocol.http.HttpException;
import io.cloudtunnel.protocol.session.Exchange;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Status;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A public request that came through Helidon's routing. */
final class RoutingCall implements PublicCall {

    /** What does not fit into one frame, Helidon writes wrongly, for the whole connection. */
    private static final int HTTP2_HEAD_BYTES = 12 * 1024;

    private static final Logger LOGGER = System.getLogger(RoutingCall.class.getName());
    private static final int PIECE = 64 * 1024;

    /** How long a client that is still sending has to see the response. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private final ServerRequest request;
    private final ServerResponse response;
    private final RequestHead head;
    private final long bodyLength;
    private final boolean http2;
    private final StreamWatch watch;
    private long bodyBytes;
    private @Nullable InputStream in;
    private @Nullable OutputStream out;
    private byte @Nullable [] scratch; // of the thread that reads
    private volatile boolean bodyRead;
    private boolean saidClose;
    private boolean begun; // a piece was given to Helidon
    private boolean takesTrailers;
    private boolean refused; // and answered
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
        this.http2 = RoutingFields.isHttp2(request);
        this.watch =
                request.context()
                        .get(StreamWatch.class)
                        .orElseGet(() -> new StreamWatch(!http2, () -> {}));
        this.bodyLength = lengthOfBody();
        this.bodyRead = bodyLength == 0;
    }

    private long lengthOfBody() {
        boolean open = http2 && !watch.withoutBody();
        return open || head.fields().contains("Transfer-Encoding")
                ? request.headers().contentLength().orElse(Exchange.UNKNOWN_LENGTH)
                : http2 ? 0 : request.headers().contentLength().orElse(0);
    }

    boolean isHttp2() {
        return http2;
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
        watch.onOver(action);
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
        if (in == null) {
            in = request.content().inputStream();
        }
        if (scratch == null) {
            scratch = new byte[PIECE];
        }
        byte[] piece = scratch;
        int count = readInto(piece);
        bodyRead |= count < 0;
        bodyBytes += Math.max(0, count);
        if (count < 0 && bodyLength >= 0 && bodyBytes != bodyLength) {
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
        int[] count = new int[1];
        helidons(() -> count[0] = body.read(piece));
        return count[0];
    }

    private interface Action {
        void run() throws IOException;
    }

    /** Runs code of Helidon, which has exceptions of its own for a client that is gone. */
    private void helidons(Action action) throws IOException {
        boolean goesOn = false;
        watch.enter();
        try {
            action.run();
        } catch (RuntimeException e) {
            throw new IOException("the client is gone", e);
        } finally {
            goesOn = watch.leave();
        }
        if (!goesOn) { // and perhaps it looked like the end of the body
            throw new IOException("the client is gone");
        }
    }

    @Override
    public void begin(ResponseHead answer, boolean hasBody) throws IOException {
        if (http2 && answer.fields().byteCount() > HTTP2_HEAD_BYTES) {
            refused = true;
            response.status(Status.BAD_GATEWAY_502);
            response.header("Cloudtunnel-Error", "head-too-large");
            byte[] text =
                    "The response head is too large for HTTP/2 here; HTTP/1.1 carries it.\n"
                            .getBytes(StandardCharsets.US_ASCII);
            helidons(() -> response.send(text));
            return;
        }
        response.status(
                answer.reason().isEmpty()
                        ? Status.create(answer.status())
                        : Status.create(answer.status(), answer.reason()));
        Fields fields = answer.fields();
        if (!http2 && (answer.status() == 204 || answer.status() == 304)) {
            fields = fields.without("Content-Length"); // Helidon would answer 500
        }
        Map<String, List<String>> values = new LinkedHashMap<>();
        fields.forEach(
                (name, value) -> values.computeIfAbsent(name, n -> new ArrayList<>()).add(value));
        values.forEach((name, list) -> add(HeaderNames.create(name), list));
        if (!bodyRead && !http2) { // what is left of it cannot be told from a next request
            response.header(HeaderValues.CONNECTION_CLOSE);
            saidClose = true;
        }
        if (hasBody || http2) {
            out = response.outputStream();
        } else {
            helidons(response::send);
        }
        if (http2) {
            takesTrailers = HopByHop.takesTrailers(head.fields());
            response.headers().remove(HeaderNames.TRAILER); // Helidon has announced one of its own
            List<String> announced = fields.all("Trailer");
            if (!announced.isEmpty()) {
                takesTrailers = true;
                response.headers().add(HeaderValues.create(HeaderNames.TRAILER, announced));
            }
        }
        if (http2 && !hasBody) {
            flush(); // Helidon adds a length where a response has no body
        }
    }

    private void add(HeaderName name, List<String> list) {
        if (!http2) {
            response.headers().add(HeaderValues.create(name, list));
            return;
        }
        response.headers().add(HeaderValues.create(name, list.getFirst()));
        for (int i = 1; i < list.size(); i++) {
            RepeatedField further = new RepeatedField(name, list.get(i), i);
            response.headers().set(further);
            further.placed();
        }
    }

    @Override
    public void write(Bytes piece) throws IOException {
        OutputStream to = out;
        if (refused) {
            return;
        }
        if (to == null) {
            throw new IllegalStateException("the response has no body");
        }
        begun = true;
        // A copy, since Helidon's stream writes too much of an array that begins elsewhere.
        helidons(() -> to.write(piece.toByteArray()));
    }

    /** Over HTTP/2 also the head, for which Helidon waits for a first piece, if an empty one. */
    @Override
    public void flush() throws IOException {
        OutputStream to = out;
        if (to == null) {
            return;
        }
        if (http2 && !begun) {
            begun = true;
            helidons(() -> to.write(new byte[0]));
        }
        helidons(to::flush);
    }

    @Override
    public void end(Fields trailers) throws IOException {
        if (refused) {
            return;
        }
        helidons(() -> {
            if (takesTrailers) {
                trailers.forEach((name, value) ->
                        response.trailers()
                                .add(HeaderValues.create(HeaderNames.create(name), value)));
            }
            if (out != null) {
                out.close();
            }
            if (response instanceof RoutingResponse routing) {
                routing.commit(); // closing alone leaves the last chunk unwritten
            }
        });
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
        boolean ends = aborted || saidClose || !bodyRead;
        if (ends && http2 && !request.content().consumed()) {
            dropBody();
        }
        return ends;
    }

    /** It was answered without this. */
    void abandon() {
        if (http2) {
            dropBody();
        }
    }

    /** Helidon would wait for the end of the body; where it is interrupted it takes that for it. */
    private void dropBody() {
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
        if (http2) {
            watch.end(); // whoever still reads
        }
    }
}
