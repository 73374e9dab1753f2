package io.cloudtunnel.server.connection;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.http.BodyFraming;
import io.cloudtunnel.protocol.http.BodyReader;
import io.cloudtunnel.protocol.http.HttpException;
import io.cloudtunnel.protocol.http.HttpVersion;
import io.cloudtunnel.protocol.http.ReceivedRequest;
import io.cloudtunnel.server.front.PublicCall;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A public request on a connection of ours. */
final class ConnectionCall implements PublicCall {

    private final PublicConnection connection;
    private final ReceivedRequest request;
    private final RequestHead head;
    private volatile boolean aborted;
    private volatile boolean answering;
    private volatile boolean bodyRead;
    private volatile @Nullable Runnable onGone;

    // Of the thread that reads:
    private @Nullable BodyReader body;
    private int sinceProgress; // bytes
    private long waitedNanos; // for them

    // Of the thread that writes:
    private boolean switched;
    private boolean lastOne;
    private long endedNanos; // of the response

    ConnectionCall(PublicConnection connection, ReceivedRequest request) {
        this.connection = connection;
        this.request = request;
        this.head = withoutIgnored(request);
        this.bodyRead = request.framing().length() == 0;
    }

    /** HTTP/1.0 knows neither upgrades nor trailers: to be ignored (RFC 9110, section 7.8). */
    private static RequestHead withoutIgnored(ReceivedRequest request) {
        RequestHead head = request.head();
        return request.version() == HttpVersion.HTTP_1_0
                ? head.with(head.fields().without("Upgrade").without("TE"))
                : head;
    }

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public @Nullable String host() {
        return request.host();
    }

    @Override
    public String peerHost() {
        return connection.peerHost();
    }

    @Override
    public String protocol() {
        return request.version() == HttpVersion.HTTP_1_0 ? "HTTP/1.0" : "HTTP/1.1";
    }

    @Override
    public boolean isSecure() {
        return connection.isSecure();
    }

    @Override
    public boolean carriesUpgrades() {
        return true;
    }

    @Override
    public long bodyLength() {
        return request.framing().length();
    }

    @Override
    public void onGone(Runnable action) {
        onGone = action;
        if (bodyRead) { // until then whoever reads the body notices it
            watch();
        }
    }

    @Override
    public @Nullable Bytes read() throws IOException {
        BodyReader from = body;
        if (from == null) {
            from = connection.in().body();
            body = from;
        }
        if (sinceProgress >= connection.limits().progressBytes()) {
            sinceProgress = 0;
            waitedNanos = 0;
        }
        long began = System.nanoTime();
        connection
                .reading()
                .in(
                        answering
                                ? connection.limits().bodyIdle()
                                : connection.limits().progress().minusNanos(waitedNanos));
        Bytes piece = read(from);
        connection.reading().none();
        waitedNanos += System.nanoTime() - began;
        sinceProgress += piece == null ? 0 : piece.length();
        if (from.ended()) {
            bodyRead = true;
            watch();
        }
        return piece;
    }

    private void watch() {
        Runnable action = onGone;
        if (action != null) {
            connection.departure().begin(action);
        }
    }

    private @Nullable Bytes read(BodyReader from) throws IOException {
        try {
            return from.read();
        } catch (EOFException e) {
            if (connection.tooSlow()) {
                throw new HttpException(408, "the request's body came too slowly");
            }
            throw e;
        }
    }

    @Override
    public Fields requestTrailers() {
        BodyReader from = body;
        return from == null ? Fields.EMPTY : from.trailers();
    }

    @Override
    public @Nullable Bytes readRaw() throws IOException {
        if (body == null) {
            connection.departure().end(); // the bytes tell from now on
            body = connection.in().raw();
        }
        return body.read();
    }

    @Override
    public void interim(ResponseHead interim) throws IOException {
        if (request.version() == HttpVersion.HTTP_1_1) { // RFC 9110, section 15.2
            connection.writing().in(connection.limits().writeStall());
            connection
                    .out()
                    .writeResponse(
                            interim.status(), interim.reason(), interim.fields(), BodyFraming.NONE);
            connection.writing().none();
        }
    }

    @Override
    public void begin(ResponseHead answer, boolean hasBody) throws IOException {
        switched = answer.status() == 101;
        BodyFraming framing = framing(answer, hasBody);
        lastOne =
                !request.persistent()
                        || !bodyRead
                        || connection.isClosing()
                        || framing.kind() == BodyFraming.Kind.UNTIL_CLOSE
                        || answer.fields().hasToken("Connection", "close");
        answering = true;
        connection.out().writeResponse(answer.status(), answer.reason(), fields(answer), framing);
    }

    private BodyFraming framing(ResponseHead answer, boolean hasBody) {
        if (switched) {
            return BodyFraming.RAW;
        }
        if (!hasBody) {
            return BodyFraming.NONE;
        }
        String length = answer.fields().first("Content-Length");
        if (length != null) {
            return BodyFraming.fixed(Long.parseLong(length));
        }
        return request.version() == HttpVersion.HTTP_1_1
                ? BodyFraming.CHUNKED
                : BodyFraming.UNTIL_CLOSE;
    }

    private Fields fields(ResponseHead answer) {
        Fields fields = answer.fields();
        String said = fields.first("Connection");
        if (switched || fields.hasToken("Connection", "close")) {
            return fields;
        }
        if (lastOne) {
            String close = said == null ? "close" : said + ", close";
            return fields.toBuilder().set("Connection", close).build();
        }
        if (said != null) {
            return fields;
        }
        return request.version() == HttpVersion.HTTP_1_0
                ? fields.toBuilder().add("Connection", "keep-alive").build()
                : fields;
    }

    @Override
    public void write(Bytes piece) throws IOException {
        connection.writing().in(connection.limits().writeStall());
        connection.out().write(piece);
        connection.writing().none();
    }

    @Override
    public void flush() throws IOException {
        connection.writing().in(connection.limits().writeStall());
        connection.out().flush();
        connection.writing().none();
    }

    @Override
    public void end(Fields trailers) throws IOException {
        connection.writing().in(connection.limits().writeStall());
        connection.out().end(trailers);
        if (switched || lastOne) {
            connection.socket().endOutput();
        }
        connection.writing().none();
        endedNanos = System.nanoTime();
    }

    @Override
    public Duration readOn() {
        return connection.limits().readOn();
    }

    @Override
    public void stopReading() {
        connection.socket().endInput();
    }

    @Override
    public void abort() {
        aborted = true;
        connection.socket().reset();
    }

    /**
     * After the response, and after whoever read the request's body: whether another request may
     * follow.
     */
    boolean keepsConnection() throws IOException {
        if (aborted || switched) {
            return false;
        }
        if (lastOne && (!bodyRead || connection.in().hasBuffered())) {
            connection.linger(readOn().minusNanos(System.nanoTime() - endedNanos));
        }
        return !lastOne && bodyRead;
    }
}
