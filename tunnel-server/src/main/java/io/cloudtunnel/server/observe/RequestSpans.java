package io.cloudtunnel.server.observe;

import io.cloudtunnel.observe.OpenSpan;
import io.cloudtunnel.observe.Traces;
import io.cloudtunnel.program.Printable;
import io.cloudtunnel.program.TraceContext;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.http.Authority;
import org.jspecify.annotations.Nullable;

/**
 * The spans of one public request: its own, and within it the one of its way through the tunnel.
 * For one request, used by its threads in turn.
 */
final class RequestSpans {

    private static final int LONGEST_WORD = 64;

    private final OpenSpan request;
    private @Nullable OpenSpan tunnel; // from the moment on that it is sent there
    private long carriedNanos; // when it came out of it

    private RequestSpans(OpenSpan request) {
        this.request = request;
    }

    static RequestSpans begin(Traces traces, RequestLogs.Asked asked) {
        return new RequestSpans(traces.received(asked.head()));
    }

    /** The span of the request, for its log line. */
    @Nullable TraceContext traceContext() {
        return request.traceContext();
    }

    /** It goes into the tunnel with these fields, which then name the span that it has there. */
    Fields toTunnel(Fields fields) {
        OpenSpan begun = request.child("tunnel");
        tunnel = begun;
        return begun.into(fields);
    }

    /** The tunnel is done with it. */
    void carried() {
        carriedNanos = System.nanoTime();
    }

    /** It is over, as the log says. */
    void end(RequestLog log) {
        OpenSpan inner = tunnel;
        long ended = log.beganNanos() + log.totalNanos();
        if (inner != null) {
            if (inner.isRecorded()) {
                describe(inner, log);
            }
            inner.end(carriedNanos == 0 ? ended : carriedNanos);
        }
        if (request.isRecorded()) {
            describe(log);
        }
        request.end(ended);
    }

    private void describe(RequestLog log) {
        RequestLogs.Asked asked = log.asked();
        request.target(asked.head(), log.logs().settings().logsQuery())
                .text("url.scheme", asked.secure() ? "https" : "http")
                .text("network.protocol.version", asked.protocol().replaceFirst("^HTTP/", ""))
                .text("client.address", Printable.of(asked.client(), LONGEST_WORD))
                .text("cloudtunnel.request_id", log.requestId())
                .number("http.request.body.size", log.bytesIn())
                .number("http.response.body.size", log.bytesOut())
                .outcome(log.statusCode(), log.failure());
        Authority host = asked.host() == null ? null : Authority.parse(asked.host());
        if (host != null) {
            request.text("server.address", host.address())
                    .number("server.port", host.portOr(asked.secure() ? 443 : 80));
        }
        tunnel(request, log);
        event(request, "linked", log.beganNanos(), log.waitNanos());
    }

    private static void describe(OpenSpan inner, RequestLog log) {
        tunnel(inner, log);
        if (!log.agent().isEmpty()) {
            inner.text("tunnel.agent", Printable.of(log.agent(), LONGEST_WORD));
        }
        if (log.wasSentAgain()) {
            inner.flag("cloudtunnel.sent_again");
        }
        event(inner, "response head", log.beganNanos(), log.headNanos());
        inner.outcome(0, log.failure());
    }

    private static void tunnel(OpenSpan span, RequestLog log) {
        String id = log.tunnelId();
        if (id != null) {
            span.text("tunnel.id", Printable.of(id, LONGEST_WORD));
        }
    }

    private static void event(OpenSpan span, String name, long began, long after) {
        if (after != RequestLog.NEVER) {
            span.event(name, began + after);
        }
    }
}
