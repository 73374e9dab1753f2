package io.cloudtunnel.observe;

import io.cloudtunnel.protocol.frame.Fields;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code traceparent} and {@code tracestate} of W3C Trace Context. Pure functions. */
final class TraceFields {

    private static final String STATE = "tracestate";

    private static final TextMapGetter<Fields> GETTER = TraceFields::get;

    private TraceFields() {}

    /** Several lines of {@code tracestate} are one; several of {@code traceparent} say nothing. */
    private static @Nullable String get(@Nullable Fields fields, String name) {
        List<String> lines = fields == null ? List.of() : fields.all(name);
        if (lines.size() == 1) {
            return lines.getFirst().strip();
        }
        return name.equals(STATE) && !lines.isEmpty() ? String.join(",", lines) : null;
    }

    /** The span that the fields name; none if what they say is malformed. */
    static Context extract(Fields fields) {
        return W3CTraceContextPropagator.getInstance().extract(Context.root(), fields, GETTER);
    }

    /** The fields with the span of a context instead of another one; as they are if it has none. */
    static Fields inject(Context context, Fields fields) {
        SpanContext span = Span.fromContext(context).getSpanContext();
        if (!span.isValid()) {
            return fields;
        }
        Fields.Builder all = fields.toBuilder();
        if (span.getTraceState().isEmpty()) {
            all.remove(STATE); // of a trace that this one does not continue
        }
        W3CTraceContextPropagator.getInstance().inject(context, all, TraceFields::set);
        return all.build();
    }

    private static void set(Fields.@Nullable Builder builder, String name, String value) {
        if (builder != null) {
            builder.set(name, value);
        }
    }
}
