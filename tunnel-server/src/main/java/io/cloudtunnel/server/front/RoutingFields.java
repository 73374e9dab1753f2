package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Fields;
import io.helidon.http.Header;
import io.helidon.http.Headers;
import io.helidon.webserver.http.ServerRequest;

/** The fields of a request that came through Helidon's routing. */
public final class RoutingFields {

    private RoutingFields() {}

    /** All of them, a line for each value. */
    public static Fields of(ServerRequest request) {
        return of(request.headers());
    }

    /** All of them, a line for each value. */
    public static Fields of(Headers headers) {
        Fields.Builder fields = Fields.builder();
        for (Header header : headers) {
            header.allValues().forEach(value -> fields.add(header.name(), value));
        }
        return fields.build();
    }
}
