package io.cloudtunnel.server.front;

import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.io.InputStream;

/**
 * The bodies of requests in HTTP/2, whoever handles them. Helidon waits for the next piece, and for
 * what a handler has left, without a deadline, and until long after the client has gone. Here each
 * read has one, and what is left is read on for a while and then cut off. Immutable.
 */
public final class RoutedBodies implements Filter {

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        StreamWatch watch =
                RoutingFields.isHttp2(request)
                        ? request.context().get(StreamWatch.class).orElse(null)
                        : null;
        if (watch != null) {
            watch.handle();
        }
        if (watch == null || watch.withoutBody()) {
            chain.proceed();
        } else {
            withBody(chain, request, watch);
        }
    }

    private static void withBody(FilterChain chain, RoutingRequest request, StreamWatch watch) {
        InputStream[] asked = new InputStream[1];
        request.streamFilter(in -> asked[0] = new WatchedBody(in, watch));
        boolean answered = false;
        try {
            chain.proceed();
            answered = true;
        } finally {
            if (!answered) {
                RoutingBody.left(request, watch, asked[0]).drop();
            }
        }
        if (!request.content().consumed() || watch.tooSlow()) {
            RoutingBody rest = RoutingBody.left(request, watch, asked[0]);
            if (!readOn(rest)) {
                rest.drop();
                throw new CloseConnectionException("what is left of the request is not read");
            }
        }
    }

    private static boolean readOn(RoutingBody rest) {
        try {
            return rest.readOn();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
