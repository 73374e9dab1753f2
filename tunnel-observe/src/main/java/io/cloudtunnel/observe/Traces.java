package io.cloudtunnel.observe;

import io.cloudtunnel.program.Tracing;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.util.concurrent.TimeUnit;

/**
 * Makes the spans of one server or agent, and sends them off in batches by a thread of its own.
 * What its queue has no room for is dropped: no request ever waits for the receiver. Safe for use
 * by several threads.
 */
public final class Traces implements AutoCloseable {

    /** What is left at the end has so long to get to the receiver. */
    private static final long LAST_MILLIS = 1000;

    private final OpenTelemetrySdk sdk;
    private final Tracer tracer;

    Traces(OpenTelemetrySdk sdk) {
        this.sdk = sdk;
        this.tracer = sdk.getTracer("io.cloudtunnel");
    }

    /**
     * Starts making and sending them.
     *
     * @param service who makes them, unless the settings say so
     * @throws io.cloudtunnel.program.SettingException if a setting is wrong
     */
    public static Traces start(Tracing settings, String service) {
        return new Traces(TraceSetup.sdk(settings, service));
    }

    /** Begins the span of a request that somebody sent to us. */
    public OpenSpan received(RequestHead head) {
        return OpenSpan.begin(tracer, head, SpanKind.SERVER);
    }

    /** Begins the span of a request that is sent on to somebody else. */
    public OpenSpan sent(RequestHead head) {
        return OpenSpan.begin(tracer, head, SpanKind.CLIENT);
    }

    /** Sends what is left, which takes at most a second, and stops. */
    @Override
    public void close() {
        sdk.shutdown().join(LAST_MILLIS, TimeUnit.MILLISECONDS);
    }
}
