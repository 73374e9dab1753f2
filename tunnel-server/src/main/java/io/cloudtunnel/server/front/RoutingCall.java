package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.http.HopByHop;
import io.cloudtunnel.protocol.session.Exchange;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Status;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A public request that came through Helidon's routing. */
final class RoutingCall implements PublicCall {

    /** What does not fit into one frame, Helidon writes wrongly, for the whole connection. */
    private static final int HTTP2_HEAD_BYTES = 12 * 1024;

    private final ServerRequest request;
    private final ServerResponse response;
    private final RequestHead head;
    private final boolean http2;
    private final StreamWatch watch;
    private final RoutingBody body;
    private @Nullable OutputStream out;
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
        this.watch = request.context().get(StreamWatch.class).orElseGet(() -> unwatched(http2));
        this.body = new RoutingBody(request, watch, lengthOfBody());
    }

    /** Of a stream of which nobody tells. */
    private static StreamWatch unwatched(boolean http2) {
        Duration any = Duration.ofDays(1);
        return new StreamWatch(!http2, () -> {}, new BodyPace(any, 1, any));
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
    public String protocol() {
        return http2 ? "HTTP/2" : "HTTP/1.1";
    }

    @Override
    public boolean isSecure() {
        return request.isSecure();
    }

    @Override
    public long bodyLength() {
        return body.length();
    }

    @Override
    public @Nullable Bytes read() throws IOException {
        return body.read();
    }

    @Override
    public void begin(ResponseHead answer, boolean hasBody) throws IOException {
        watch.answering();
        if (http2 && answer.fields().byteCount() > HTTP2_HEAD_BYTES) {
            refused = true;
            response.status(Status.BAD_GATEWAY_502);
            response.header("Cloudtunnel-Error", "head-too-large");
            byte[] text =
                    "The response head is too large for HTTP/2 here; HTTP/1.1 carries it.\n"
                            .getBytes(StandardCharsets.US_ASCII);
            watch.run(() -> response.send(text));
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
        if (http2) { // of a connection of HTTP/1.1 (RFC 9113, section 8.2.2)
            fields = fields.without("Connection").without("Upgrade");
        }
        RoutingFields.put(fields, response.headers(), http2);
        if (!body.ended() && !http2) { // what is left of it cannot be told from a next request
            response.header(HeaderValues.CONNECTION_CLOSE);
            saidClose = true;
        }
        if (hasBody || http2) {
            out = response.outputStream();
        } else {
            watch.run(response::send);
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
        watch.run(() -> to.write(piece.toByteArray()));
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
            watch.run(() -> to.write(new byte[0]));
        }
        watch.run(to::flush);
    }

    @Override
    public void end(Fields trailers) throws IOException {
        if (refused) {
            return;
        }
        if (takesTrailers) {
            flush(); // else Helidon leaves the end of a short response unwritten
        }
        watch.run(() -> {
            if (takesTrailers) {
                RoutingFields.put(trailers, response.trailers(), http2);
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
        if (!aborted && !body.readOn()) {
            aborted = true;
        }
        boolean ends = aborted || saidClose || !body.ended();
        if (ends && http2) {
            body.drop();
        }
        return ends;
    }

    /** It was answered without this. */
    void abandon() {
        if (http2) {
            body.drop();
        }
    }

    @Override
    public Duration readOn() {
        return RoutingBody.LINGER;
    }

    /** The stream is reset once its response is out; a connection of HTTP/1.1 is closed. */
    @Override
    public void stopReading() {
        abort();
    }

    @Override
    public void abort() {
        aborted = true;
        body.stop();
        if (http2) {
            watch.end(); // whoever still reads
        }
    }
}
