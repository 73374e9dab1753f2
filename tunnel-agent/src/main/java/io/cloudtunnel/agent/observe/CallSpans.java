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
public final class CallSpans implements AutoCloseable {

    private static final int LONGEST_WORD = 64;

    private final Traces traces;
    private final boolean withQueries;

    /**
     * Starts making them.
     *
     * @throws io.cloudtunnel.program.SettingException if a setting is wrong
     */
    public CallSpans(Tracing how, Observation settings) {
        this.traces = Traces.start(how, "cloudtunnel-agent");
        this.withQueries = settings.logsQuery();
    }

    /** Those of what is sent there. */
    public CallTracer to(String host, int port) {
        return head -> new OneCall(head, host, port);
    }

    /** Those of what stays in this program. */
    public CallTracer within() {
        return head -> new OneCall(head, null, 0);
    }

    /** Sends what is left, for at most a second. */
    @Override
    public void close() {
        traces.close();
    }

    private final class OneCall implements CallTracer.Call {
        private final RequestHead asked;
        private final @Nullable String host; // null within this program
        private final int port;
        private final OpenSpan span;

        OneCall(RequestHead asked, @Nullable String host, int port) {
            this.asked = asked;
            this.host = host;
            this.port = port;
            this.span = traces.sent(asked);
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
            span.target(asked, withQueries).outcome(status, failure);
            if (host != null) {
                span.text("server.address", host).number("server.port", port);
            }
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
