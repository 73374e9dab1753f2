package io.cloudtunnel.agent.observe;

import io.cloudtunnel.observe.OpenSpan;
import io.cloudtunnel.observe.Traces;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.program.Printable;
import io.cloudtunnel.program.TraceContext;
import io.cloudtunnel.program.Tracing;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import org.jspecify.annotations.Nullable;

/** The spans of an agent, by OpenTelemetry. Safe for use by several threads. */
public final class CallSpans implements CallTracer, AutoCloseable {

    private static final int LONGEST_WORD = 64;

    private final Traces traces;
    private final boolean withQueries;
    private final String host;
    private final int port;

    /**
     * Starts making them.
     *
     * @param host of the local service
     * @param port of the local service
     * @throws io.cloudtunnel.program.SettingException if a setting is wrong
     */
    public CallSpans(Tracing how, Observation settings, String host, int port) {
        this.traces = Traces.start(how, "cloudtunnel-agent");
        this.withQueries = settings.logsQuery();
        this.host = host;
        this.port = port;
    }

    @Override
    public Call begin(RequestHead head) {
        return new OneCall(head, traces.sent(head));
    }

    /** Sends what is left, for at most a second. */
    @Override
    public void close() {
        traces.close();
    }

    private final class OneCall implements Call {
        private final RequestHead asked;
        private final OpenSpan span;

        OneCall(RequestHead asked, OpenSpan span) {
            this.asked = asked;
            this.span = span;
        }

        @Override
        public RequestHead head() {
            return asked.with(span.into(asked.fields()));
        }

        @Override
        public @Nullable TraceContext trace() {
            return span.traceContext();
        }

        @Override
        public void ended(int status, @Nullable ErrorCode failure, long headNanos) {
            if (span.isRecorded()) {
                describe(status, failure, headNanos);
            }
            span.end(System.nanoTime());
        }

        private void describe(int status, @Nullable ErrorCode failure, long headNanos) {
            span.target(asked, withQueries)
                    .text("server.address", host)
                    .number("server.port", port)
                    .outcome(status, failure);
            String id = asked.fields().first("X-Request-Id");
            if (id != null) {
                span.text("cloudtunnel.request_id", Printable.of(id, LONGEST_WORD));
            }
            if (headNanos != 0) {
                span.event("response head", headNanos);
            }
        }
    }
}
