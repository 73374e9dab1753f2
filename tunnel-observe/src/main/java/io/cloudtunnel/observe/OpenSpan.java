package io.cloudtunnel.observe;

import io.cloudtunnel.program.Printable;
import io.cloudtunnel.program.TraceContext;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Leg;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A span that is not over; one that is not sampled takes everything and keeps nothing. Its ids are
 * known from the beginning on. Times are those of {@link System#nanoTime}. For one request, used by
 * its threads in turn; one that is never ended was never there.
 */
public final class OpenSpan {

    private static final int LONGEST_PATH = 300;
    private static final int LONGEST_WORD = 64;

    /** Others are one word together, since they are as many as clients like. */
    private static final Set<String> METHODS =
            Set.of(
                    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
                    "QUERY");

    private final Tracer tracer;
    private final Span span;
    private final Context context;
    private final int firstBadStatus;
    private final long epoch; // of System.nanoTime(), in nanoseconds since 1970

    private OpenSpan(Tracer tracer, Span span, Context parent, int firstBadStatus, long epoch) {
        this.tracer = tracer;
        this.span = span;
        this.context = parent.with(span);
        this.firstBadStatus = firstBadStatus;
        this.epoch = epoch;
    }

    /** One that continues the trace that the request belongs to, or begins a trace. */
    static OpenSpan begin(Tracer tracer, RequestHead head, SpanKind kind) {
        Instant now = Instant.now();
        long epoch =
                TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - System.nanoTime();
        Context parent = TraceFields.extract(head.fields());
        boolean known = METHODS.contains(head.method());
        Span span =
                tracer.spanBuilder(known ? head.method() : "HTTP")
                        .setSpanKind(kind)
                        .setParent(parent)
                        .setStartTimestamp(epoch + System.nanoTime(), TimeUnit.NANOSECONDS)
                        .startSpan();
        OpenSpan open =
                new OpenSpan(tracer, span, parent, kind == SpanKind.SERVER ? 500 : 400, epoch);
        open.text("http.request.method", known ? head.method() : "_OTHER");
        if (!known) {
            open.text("http.request.method_original", Printable.of(head.method(), LONGEST_WORD));
        }
        return open;
    }

    /** Begins one within this one, for what somebody else does for it. */
    public OpenSpan child(String name) {
        Span inner =
                tracer.spanBuilder(name)
                        .setSpanKind(SpanKind.CLIENT)
                        .setParent(context)
                        .setStartTimestamp(epoch + System.nanoTime(), TimeUnit.NANOSECONDS)
                        .startSpan();
        return new OpenSpan(tracer, inner, context, firstBadStatus, epoch);
    }

    /** Whether anybody will see what is said of it. */
    public boolean isRecorded() {
        return span.isRecording();
    }

    /** The fields with this span as the parent of what comes behind. */
    public Fields into(Fields fields) {
        return TraceFields.inject(context, fields);
    }

    /** The span for the log; null where it is in no trace. */
    public @Nullable TraceContext traceContext() {
        SpanContext its = span.getSpanContext();
        return its.isValid()
                ? new TraceContext(its.getTraceId(), its.getSpanId(), its.isSampled())
                : null;
    }

    /** Says what is asked for; the query, which may hold secrets, only where that is wanted. */
    public OpenSpan target(RequestHead head, boolean withQuery) {
        text("url.path", Printable.of(head.path(), LONGEST_PATH));
        String query = head.query();
        if (withQuery && query != null) {
            text("url.query", Printable.of(query, LONGEST_PATH));
        }
        return this;
    }

    /** Says something in our own words, or in harmless ones of others. */
    public OpenSpan text(String name, String value) {
        span.setAttribute(name, value);
        return this;
    }

    /** Says a number. */
    public OpenSpan number(String name, long value) {
        span.setAttribute(name, value);
        return this;
    }

    /** Says that something is so. */
    public OpenSpan flag(String name) {
        span.setAttribute(name, true);
        return this;
    }

    /** Something happened at this time. */
    public OpenSpan event(String name, long nanos) {
        span.addEvent(name, epoch + nanos, TimeUnit.NANOSECONDS);
        return this;
    }

    /**
     * Says how it went. What a client did wrong makes no error of the span of a server.
     *
     * @param status of the response, 0 if there is none
     * @param failure why it did not end well; null if it did
     */
    public OpenSpan outcome(int status, @Nullable ErrorCode failure) {
        if (status != 0) {
            number("http.response.status_code", status);
        }
        boolean bad = status >= firstBadStatus;
        if (failure != null) {
            Leg leg = Leg.of(failure);
            text("error.type", failure.token()).text("cloudtunnel.leg", leg.word());
            bad |= leg != Leg.CLIENT;
        } else if (bad) {
            text("error.type", Integer.toString(status));
        }
        if (bad) {
            span.setStatus(StatusCode.ERROR);
        }
        return this;
    }

    /** It was over at this time. */
    public void end(long nanos) {
        span.end(epoch + nanos, TimeUnit.NANOSECONDS);
    }
}
