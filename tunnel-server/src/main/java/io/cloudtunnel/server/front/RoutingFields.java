package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Fields;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.http.ServerRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a request that came through Helidon's routing. */
public final class RoutingFields {

    private RoutingFields() {}

    /** All of them, a line for each value. */
    public static Fields of(ServerRequest request) {
        Fields fields = of(request.headers());
        return isHttp2(request) ? asOne(fields, request.authority()) : fields;
    }

    /** HTTP/1.1 has fields of its connection; in HTTP/2 they have no place. */
    public static boolean isHttp2(ServerRequest request) {
        return request.prologue().protocolVersion().startsWith("2");
    }

    /** What HTTP/2 has in other places, where HTTP/1.1 has it (RFC 9113, 8.2.3 and 8.3.1). */
    private static Fields asOne(Fields fields, @Nullable String authority) {
        Fields.Builder one = Fields.builder();
        if (authority != null) {
            one.add("Host", authority);
        }
        fields.filter((name, value) ->
                        !name.equalsIgnoreCase("Cookie")
                                && (authority == null || !name.equalsIgnoreCase("Host")))
                .forEach(one::add);
        List<String> cookies = fields.all("Cookie");
        if (!cookies.isEmpty()) {
            one.add("cookie", String.join("; ", cookies));
        }
        return one.build();
    }

    /**
     * Puts fields into a response.
     *
     * @param http2 whether Helidon's HTTP/2 writes it: of several fields of one name only the first
     */
    static void put(Fields fields, WritableHeaders<?> into, boolean http2) {
        Map<HeaderName, List<String>> values = new LinkedHashMap<>(); // their case is no difference
        fields.forEach((name, value) ->
                values.computeIfAbsent(HeaderNames.create(name), n -> new ArrayList<>())
                        .add(value));
        if (http2) {
            RepeatedField.put(values, into);
        } else {
            values.forEach((name, list) -> into.add(HeaderValues.create(name, list)));
        }
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
