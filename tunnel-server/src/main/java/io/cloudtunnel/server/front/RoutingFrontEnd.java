package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.Tokens;
import io.cloudtunnel.protocol.http.Authority;
import io.cloudtunnel.server.front.PublicRoutes.Route;
import io.cloudtunnel.server.observe.RequestIds;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The public side as a handler of Helidon's routing.
 *
 * <p>What it cannot keep, since Helidon's message code loses it: the order of header fields, an
 * empty query, bytes beyond ASCII in a path or a value, the case of a method, request trailers, 1xx
 * responses, and a response's head before its first body byte.
 */
public final class RoutingFrontEnd implements Handler {

    private final PublicHandler handler;

    /** A front end of a handler. */
    public RoutingFrontEnd(PublicHandler handler) {
        this.handler = handler;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        RoutingCall call = new RoutingCall(request, response);
        Route route = handler.route(call.head(), call.host());
        if (route == null) {
            response.next(); // it is the application's, whatever its path is once decoded
            return;
        }
        Problem problem = call.isHttp2() ? http2Problem(call) : problem(call.head());
        if (problem != null) {
            refuse(problem, call.isHttp2(), response);
            call.abandon();
            throw closed(); // Helidon would go on, and take what follows for a request
        }
        handler.handle(call, route);
        try {
            if (call.endsConnection()) {
                throw closed();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw closed();
        }
    }

    private static CloseConnectionException closed() {
        return new CloseConnectionException("this request was the last one of its connection");
    }

    private record Problem(int status, String text) {}

    /** Helidon's checks of fields are off, since they refuse what a proxy has to carry. */
    private static @Nullable Problem problem(RequestHead head) {
        String query = head.query();
        if (!Tokens.isToken(head.method())
                || !Tokens.isTarget(head.path())
                || (query != null && !Tokens.isTarget(query))) {
            return new Problem(400, "the request line has characters that none may have");
        }
        Fields fields = head.fields();
        if (fields.filter((name, value) -> !Tokens.isToken(name) || !Tokens.isValue(value)).size()
                > 0) {
            return new Problem(400, "a field has characters that none may have");
        }
        return lengthProblem(fields);
    }

    private static @Nullable Problem http2Problem(RoutingCall call) {
        Fields fields = call.head().fields();
        // They belong to HTTP/1.1 connections (RFC 9113, section 8.2.2).
        for (String name :
                List.of("Transfer-Encoding", "Upgrade", "Keep-Alive", "Proxy-Connection")) {
            if (fields.contains(name)) {
                return new Problem(400, name + " has no place in HTTP/2");
            }
        }
        if (call.head().method().equals("CONNECT")) {
            return new Problem(501, "CONNECT is not carried: this server is no proxy");
        }
        Problem problem = problem(call.head());
        return problem == null
                        && call.bodyLength() == 0
                        && !fields.all("Content-Length").stream().allMatch("0"::equals)
                ? new Problem(400, "Content-Length of a request without a body")
                : problem;
    }

    private static @Nullable Problem lengthProblem(Fields fields) {
        List<String> hosts = fields.all("Host");
        if (hosts.size() != 1 || Authority.parse(hosts.getFirst()) == null) {
            return new Problem(400, "there has to be one Host field, with a host in it");
        }
        List<String> codings = fields.all("Transfer-Encoding");
        List<String> lengths = fields.all("Content-Length");
        if ((!codings.isEmpty() && !lengths.isEmpty()) || lengths.size() > 1) {
            return new Problem(400, "the length of the body is given more than once");
        }
        if (!codings.isEmpty() && !codings.equals(List.of("chunked"))) {
            return new Problem(501, "only the transfer coding chunked is known here");
        }
        if (!lengths.isEmpty() && !lengths.getFirst().matches("\\d{1,18}")) {
            return new Problem(400, "Content-Length is not a number");
        }
        return null;
    }

    private static void refuse(Problem problem, boolean http2, ServerResponse response) {
        if (!http2) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        ErrorAnswer answer =
                ErrorAnswer.of(
                        problem.status(),
                        "bad-request",
                        problem.text(),
                        RequestIds.random(),
                        Fields.EMPTY);
        answer.head().fields().forEach(response::header);
        response.status(Status.create(problem.status()));
        response.send(answer.body().toByteArray());
    }
}
