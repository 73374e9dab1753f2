package io.cloudtunnel.server.connection;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.http.HttpException;
import io.cloudtunnel.protocol.http.HttpInput;
import io.cloudtunnel.protocol.http.HttpOutput;
import io.cloudtunnel.protocol.http.ReceivedRequest;
import io.cloudtunnel.protocol.http.TargetForm;
import io.cloudtunnel.protocol.session.FairShare;
import io.cloudtunnel.protocol.session.Patrol;
import io.cloudtunnel.server.front.PublicRoutes.Route;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.concurrency.limits.LimitAlgorithm;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: reads a request, has it answered, and reads the next one (RFC 9112,
 * section 9.3). Requests for tunnels are answered here, others by Helidon.
 */
final class PublicConnection implements ServerConnection, Patrol.Guarded, RoutedInput.Source {

    private static final Logger LOGGER = System.getLogger(PublicConnection.class.getName());

    /** What a request costs in a client's share: many may come at once, and none need wait. */
    private static final int REQUEST_COST = 4 * 1024;

    private final ConnectionContext context;
    private final ClientSocket socket;
    private final PublicConnectionSelector.Shared shared;
    private final HttpInput in;
    private final HttpOutput out;
    private final DepartureWatch departure;
    private final FairShare share = new FairShare();
    private final Deadline reading = new Deadline();
    private final Deadline writing = new Deadline();
    private volatile boolean tooSlow;
    private volatile boolean idle;
    private volatile @Nullable ServerConnection routed; // while Helidon answers
    private volatile @Nullable Http2Context http2;
    private volatile boolean closing;

    PublicConnection(
            ConnectionContext context,
            ClientSocket socket,
            PublicConnectionSelector.Shared shared) {
        this.context = context;
        this.socket = socket;
        this.shared = shared;
        this.in = new HttpInput(socket.in(), shared.messageLimits());
        this.out = new HttpOutput(socket.out());
        this.departure = new DepartureWatch(socket.in());
    }

    /** Runs until the connection ends. */
    @Override
    public void handle(Limit limit) throws InterruptedException {
        shared.patrol().add(this);
        shared.connections().add(this);
        try {
            serve(limit);
            ServerConnection switched = routed;
            if (switched != null) { // from here, since such a connection waits for long
                switched.handle(limit);
            }
        } catch (CloseConnectionException | UncheckedIOException | IOException e) {
            LOGGER.log(Level.TRACE, "the connection broke", e);
        } finally {
            close();
        }
    }

    /** Over TLS it says goodbye, and a client that takes nothing may be in the way. */
    private void close() {
        reading.none();
        writing.in(shared.limits().writeStall());
        socket.close();
        shared.patrol().remove(this);
        shared.connections().remove(this);
    }

    /** Answers requests until the connection ends, or {@code routed} is to go on with it. */
    private void serve(Limit limit) throws IOException, InterruptedException {
        ServerConnectionSelector selector = shared.http2();
        if (selector != null && isHttp2()) {
            http2(selector, limit);
            return;
        }
        Arrival arrival = next();
        while (arrival != null) {
            Route route = arrival.route();
            arrival =
                    route == null
                            ? routed(arrival.request(), limit)
                            : answer(arrival.request(), route, limit);
        }
    }

    /** Looks at no more bytes than it takes to tell, and takes none. */
    private boolean isHttp2() throws IOException {
        reading.in(shared.limits().idle());
        idle = true;
        try {
            return in.startsWith(Http2Input.PREFACE);
        } finally {
            idle = false;
            reading.none();
        }
    }

    private void http2(ServerConnectionSelector selector, Limit limit) throws InterruptedException {
        Http2Context own =
                Http2Context.of(
                        context, in, writing, shared.limits(), shared.messageLimits().headBytes());
        ServerConnection helidons = selector.connection(own);
        http2 = own;
        routed = helidons;
        try {
            helidons.handle(limit);
        } catch (CloseConnectionException e) {
            LOGGER.log(Level.TRACE, "Helidon is done with the connection", e);
        } finally {
            routed = null;
            own.end();
        }
    }

    /** Waits for the next request; null at the end, and where it was refused. */
    @Override
    public @Nullable Arrival next() throws IOException {
        reading.in(shared.limits().idle());
        idle = true;
        try {
            if (closing || !in.await()) {
                return null;
            }
            idle = false;
            reading.in(shared.limits().head());
            ReceivedRequest request = in.readRequest();
            if (request == null) {
                return null;
            }
            share.passed(REQUEST_COST);
            if (request.form() != TargetForm.AUTHORITY && hasHost(request)) {
                return new Arrival(request, shared.handler().route(request.head(), request.host()));
            }
            if (hasHost(request)) {
                Refusal.send(
                        this,
                        501,
                        "bad-request",
                        "CONNECT is not carried: this server is no proxy");
            } else {
                Refusal.send(this, 400, "bad-request", "bad request: Host is empty");
            }
        } catch (HttpException e) {
            Refusal.send(
                    this,
                    e.status(),
                    e.status() == 431 ? "head-too-large" : "bad-request",
                    (e.status() == 431 ? "the request head is too large: " : "bad request: ")
                            + e.getMessage());
        } catch (EOFException e) {
            if (!tooSlow) {
                throw e;
            }
            Refusal.send(this, 408, "request-timeout", "the request's head came too slowly");
        } finally {
            reading.none();
        }
        return null;
    }

    /** Only HTTP/1.0 has requests without one (RFC 9112, section 3.2). */
    private static boolean hasHost(ReceivedRequest request) {
        String host = request.host();
        return host == null || !host.isEmpty();
    }

    @Override
    public @Nullable Bytes readBody() throws IOException {
        reading.in(shared.limits().progress());
        try {
            Bytes piece = in.body().read();
            share.passed(piece == null ? 0 : piece.length());
            return piece;
        } finally {
            reading.none();
        }
    }

    private @Nullable Arrival answer(ReceivedRequest request, Route route, Limit limit)
            throws IOException {
        LimitAlgorithm.Outcome outcome = limit.tryAcquireOutcome(true);
        if (!(outcome instanceof LimitAlgorithm.Outcome.Accepted accepted)) {
            Refusal.send(
                    this, 503, "too-many-requests", "this server has too many requests at a time");
            return null;
        }
        ConnectionCall call = new ConnectionCall(this, request);
        try {
            shared.handler().handle(call, route);
        } finally {
            accepted.token().success();
        }
        departure.end();
        return call.keepsConnection() && !closing ? next() : null;
    }

    /** Lets Helidon answer until a request for a tunnel comes, and returns that one. */
    private @Nullable Arrival routed(ReceivedRequest first, Limit limit)
            throws InterruptedException {
        RoutedInput input = new RoutedInput(in, this, first);
        RoutedContext helidonsContext = new RoutedContext(context, input, socket::abort);
        ServerConnection helidons = shared.routed().connection(helidonsContext);
        routed = helidons;
        try {
            helidons.handle(limit);
        } catch (CloseConnectionException e) {
            LOGGER.log(Level.TRACE, "Helidon is done with the connection", e);
        } finally {
            routed = helidonsContext.switched();
        }
        return input.kept();
    }

    /** Closing with bytes unread resets the connection, and the answer might never be seen. */
    void linger(Duration time) throws IOException {
        socket.endOutput();
        reading.in(time);
        byte[] dropped = new byte[8 * 1024];
        int count = socket.in().read(dropped);
        while (!tooSlow && count >= 0) { // what comes is of no use
            share.passed(count);
            count = socket.in().read(dropped);
        }
    }

    @Override
    public void look(long nowNanos) {
        departure.look(nowNanos);
        Http2Context own = http2;
        if (own != null) {
            own.look(nowNanos);
        }
        if (reading.passed(nowNanos)) {
            tooSlow = true;
            Thread.ofVirtual().name("tunnel-slow-client").start(socket::endInput);
        }
        if (writing.passed(nowNanos)) {
            Thread.ofVirtual().name("tunnel-stalled-client").start(socket::reset);
        }
    }

    /** For how long it has waited for a request, if it does. */
    Optional<OpenConnections.Idle> idle() {
        Duration time =
                idle ? shared.limits().idle().minus(reading.left(System.nanoTime())) : idleTime();
        return time.isZero() ? Optional.empty() : Optional.of(new OpenConnections.Idle(this, time));
    }

    /** It finds the end of its input, as if its client had left. */
    void endIfIdle() {
        if (idle().isPresent()) {
            Thread.ofVirtual().name("tunnel-idle-client").start(socket::endInput);
        }
    }

    /** Not idle as Helidon sees it: idle connections have a limit of their own, but for HTTP/2. */
    @Override
    public Duration idleTime() {
        Http2Context own = http2;
        ServerConnection helidons = routed;
        return own == null || helidons == null || !own.isIdle()
                ? Duration.ZERO
                : helidons.idleTime();
    }

    @Override
    public void close(boolean interrupt) {
        closing = true;
        ServerConnection helidons = routed;
        if (helidons != null) { // perhaps it has changed to a protocol with an end of its own
            helidons.close(interrupt);
        } else if (idle) {
            socket.close();
        } else if (interrupt) {
            socket.abort();
        }
    }

    HttpInput in() {
        return in;
    }

    HttpOutput out() {
        return out;
    }

    ClientSocket socket() {
        return socket;
    }

    DepartureWatch departure() {
        return departure;
    }

    Deadline reading() {
        return reading;
    }

    Deadline writing() {
        return writing;
    }

    ClientLimits limits() {
        return shared.limits();
    }

    /** Whether a deadline for reading has passed: then the input has ended. */
    boolean tooSlow() {
        return tooSlow;
    }

    boolean isClosing() {
        return closing;
    }

    boolean isSecure() {
        return context.isSecure();
    }

    String peerHost() {
        return context.remotePeer().host();
    }
}
