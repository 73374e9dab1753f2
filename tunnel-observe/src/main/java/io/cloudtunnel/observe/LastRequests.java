package io.cloudtunnel.observe;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

/**
 * Closes a connection after the response that says so (RFC 9112, 9.6). Helidon only says it, after
 * a request without a body, and then waits for another request until the connection was idle for
 * too long: a client that reads to the end would wait as long, and keep its place.
 */
final class LastRequests implements Filter {

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        chain.proceed();
        if (response.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
            throw new CloseConnectionException("this request was the last one of its connection");
        }
    }
}
