package io.cloudtunnel.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.program.TraceContext;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which trace a request's span is in, what goes on with it, and what it says. */
class TracesTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CLIENT = "00f067aa0ba902b7";

    private final List<SpanData> exported = new ArrayList<>();
    private final Traces traces = traces(Sampler.parentBased(Sampler.alwaysOn()));

    private Traces traces(Sampler sampler) {
        SpanExporter exporter =
                new SpanExporter() {
                    @Override
                    public CompletableResultCode export(Collection<SpanData> spans) {
                        exported.addAll(spans);
                        return CompletableResultCode.ofSuccess();
                    }

                    @Override
                    public CompletableResultCode flush() {
                        return CompletableResultCode.ofSuccess();
                    }

                    @Override
                    public CompletableResultCode shutdown() {
                        return CompletableResultCode.ofSuccess();
                    }
                };
        return new Traces(
                OpenTelemetrySdk.builder()
                        .setTracerProvider(
                                SdkTracerProvider.builder()
                                        .setSampler(sampler)
                                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                                        .build())
                        .build());
    }

    @AfterEach
    void stop() {
        traces.close();
    }

    private static RequestHead head(String method, String... fields) {
        return new RequestHead(method, "/a\u001b[2J", "key=s3cr3t", Fields.of(fields));
    }

    private static String parent(String flags) {
        return "00-" + TRACE + "-" + CLIENT + "-" + flags;
    }

    private static TraceContext context(OpenSpan span) {
        TraceContext its = span.traceContext();
        assertTrue(its != null, "a span is in a trace");
        return its;
    }

    @Test
    void aSpanContinuesTheClientsTrace() {
        Fields came = Fields.of("A", "1", "Traceparent", parent("01"), "tracestate", "x=1");
        OpenSpan span = traces.received(head("GET").with(came));
        OpenSpan inner = span.child("tunnel");
        Fields sent = inner.into(came);
        assertEquals(
                Fields.of(
                        "A",
                        "1",
                        "traceparent",
                        "00-" + TRACE + "-" + context(inner).spanId() + "-01",
                        "tracestate",
                        "x=1"),
                sent);
        inner.end(System.nanoTime());
        span.end(System.nanoTime());
        assertEquals(CLIENT, exported.get(1).getParentSpanId());
        assertEquals(exported.get(1).getSpanId(), exported.get(0).getParentSpanId());
        assertEquals(SpanKind.SERVER, exported.get(1).getKind());
    }

    @Test
    void linesOfTracestateAreOne() {
        Fields came =
                Fields.of("traceparent", parent("01"), "tracestate", "x=1", "Tracestate", "y=2");
        Fields sent = traces.received(head("GET").with(came)).into(came);
        assertEquals(List.of("x=1,y=2"), sent.all("tracestate"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-xyz-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"
            })
    void whatIsMalformedBeginsATrace(String value) {
        Fields came = Fields.of("traceparent", value, "tracestate", "x=1");
        OpenSpan span = traces.received(head("GET").with(came));
        Fields sent = span.into(came);
        assertNotEquals(TRACE, context(span).traceId());
        assertEquals(1, sent.size());
        String ids = "00-" + context(span).traceId() + "-" + context(span).spanId() + "-";
        String parent = String.valueOf(sent.first("traceparent"));
        assertTrue(parent.matches(ids + "0[13]"), parent); // sampled, and perhaps random
        span.end(System.nanoTime());
        assertEquals("0000000000000000", exported.getFirst().getParentSpanId());
    }

    @Test
    void twoParentsAreNone() {
        Fields came = Fields.of("traceparent", parent("01"), "traceparent", parent("01"));
        OpenSpan span = traces.received(head("GET").with(came));
        assertNotEquals(TRACE, context(span).traceId());
        assertEquals(1, span.into(came).all("traceparent").size());
    }

    @Test
    void whatIsNotSampledGoesOnButNotOut() {
        Fields came = Fields.of("traceparent", parent("00"), "tracestate", "x=1");
        OpenSpan span = traces.received(head("GET").with(came));
        OpenSpan inner = span.child("tunnel");
        String sent = String.valueOf(inner.into(came).first("traceparent"));
        assertTrue(sent.matches("00-" + TRACE + "-[0-9a-f]{16}-00"), sent);
        inner.end(System.nanoTime());
        span.outcome(502, ErrorCode.LOCAL_BROKEN).end(System.nanoTime());
        assertEquals(List.of(), exported);
    }

    @Test
    void aSamplerThatTakesNothingSaysSoToWhoComesBehind() {
        try (Traces none = traces(Sampler.alwaysOff())) {
            Fields came = Fields.of("traceparent", parent("01"));
            OpenSpan span = none.received(head("GET").with(came));
            String sent = String.valueOf(span.into(came).first("traceparent"));
            assertTrue(sent.endsWith("-00"), sent);
            span.end(System.nanoTime());
            assertEquals(List.of(), exported);
        }
    }

    @Test
    void whereNothingIsSetUpTheFieldsStayAsTheyAre() {
        try (Traces none = new Traces(OpenTelemetrySdk.builder().build())) {
            Fields came = Fields.of("a", "1");
            assertSame(came, none.received(head("GET")).into(came));
            came = Fields.of("traceparent", parent("01"));
            assertEquals(came, none.received(head("GET").with(came)).into(came));
        }
    }

    @Test
    void theQueryIsThereOnlyIfItIsWanted() {
        AttributeKey<String> query = AttributeKey.stringKey("url.query");
        traces.received(head("GET")).target(head("GET"), false).end(System.nanoTime());
        traces.received(head("GET")).target(head("GET"), true).end(System.nanoTime());
        assertNull(exported.get(0).getAttributes().get(query));
        assertEquals("key=s3cr3t", exported.get(1).getAttributes().get(query));
        assertEquals(
                "/a\\x1b[2J",
                exported.get(0).getAttributes().get(AttributeKey.stringKey("url.path")));
    }

    @Test
    void methodsThatNobodyKnowsAreOneWord() {
        traces.received(head("BREW")).end(System.nanoTime());
        SpanData span = exported.getFirst();
        assertEquals("HTTP", span.getName());
        AttributeKey<String> method = AttributeKey.stringKey("http.request.method");
        assertEquals("_OTHER", span.getAttributes().get(method));
        AttributeKey<String> original = AttributeKey.stringKey("http.request.method_original");
        assertEquals("BREW", span.getAttributes().get(original));
    }

    /** Server and client see a 404 with different eyes; whose fault it is counts besides. */
    @ParameterizedTest
    @CsvSource({
        "true, 200, , , UNSET",
        "true, 404, , , UNSET",
        "true, 404, UNKNOWN_TUNNEL, unknown-tunnel, UNSET",
        "true, 0, CANCELLED, cancelled, UNSET",
        "true, 500, , 500, ERROR",
        "true, 502, LOCAL_BROKEN, local-broken, ERROR",
        "true, 200, LOCAL_BROKEN, local-broken, ERROR",
        "false, 404, , 404, ERROR",
        "false, 0, LOCAL_UNREACHABLE, local-unreachable, ERROR"
    })
    void whatFailedIsAnError(
            boolean server, int status, ErrorCode failure, String type, StatusCode code) {
        OpenSpan span = server ? traces.received(head("GET")) : traces.sent(head("GET"));
        span.outcome(status, failure).end(System.nanoTime());
        SpanData data = exported.getFirst();
        assertEquals(code, data.getStatus().getStatusCode());
        assertEquals(type, data.getAttributes().get(AttributeKey.stringKey("error.type")));
    }
}
