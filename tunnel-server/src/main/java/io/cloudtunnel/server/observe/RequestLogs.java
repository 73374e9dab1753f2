package io.cloudtunnel.server.observe;

import io.cloudtunnel.observe.Traces;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.protocol.frame.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * Begins what is known of each public request. Immutable.
 *
 * @param settings what is logged
 * @param observer is told of each request's end
 * @param traces makes their spans; null where nobody wants them
 */
public record RequestLogs(Observation settings, Observer observer, @Nullable Traces traces) {

    /**
     * A request as it came.
     *
     * @param client the client's address, by the server's view
     * @param host the host and port that it asks for; null where it names none
     * @param secure whether it came over TLS, as far as is known
     * @param protocol such as {@code HTTP/1.1}
     */
    public record Asked(
            RequestHead head,
            String client,
            @Nullable String host,
            boolean secure,
            String protocol) {}

    /** A request that begins now. */
    public RequestLog begin(String requestId, Asked asked) {
        return new RequestLog(this, requestId, asked);
    }
}
