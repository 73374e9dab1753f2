package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which variables of OpenTelemetry switch traces on. */
class TraceOptionsTest {

    private static final String URL = "http://localhost:4318";

    private static @Nullable Tracing of(Map<String, String> values) {
        return TraceOptions.of(Settings.of(TraceOptions.ALL, values));
    }

    @Test
    void thereAreNoneUnlessTheyAreAskedFor() {
        assertNull(of(Map.of()));
        assertNull(of(Map.of("otel-service-name", "x", "otel-traces-sampler", "always_on")));
        assertNull(of(Map.of("otel-traces-exporter", "none")));
    }

    @Test
    void anExporterOrAnEndpointAsksForThem() {
        assertEquals(Tracing.to(URL), of(Map.of("otel-exporter-otlp-endpoint", URL)));
        assertEquals(
                new Tracing(Map.of("otel.exporter.otlp.traces.endpoint", URL)),
                of(Map.of("otel-exporter-otlp-traces-endpoint", URL)));
        assertEquals(
                new Tracing(Map.of("otel.traces.exporter", "otlp", "otel.service.name", "x")),
                of(Map.of("otel-traces-exporter", "otlp", "otel-service-name", "x")));
    }

    @Test
    void whoSaysNoCountsMore() {
        String endpoint = "otel-exporter-otlp-endpoint";
        assertNull(of(Map.of(endpoint, URL, "otel-traces-exporter", "none")));
        assertNull(of(Map.of(endpoint, URL, "otel-sdk-disabled", "true")));
        Map<String, String> notDisabled = Map.of(endpoint, URL, "otel-sdk-disabled", "false");
        assertEquals(
                new Tracing(
                        Map.of("otel.exporter.otlp.endpoint", URL, "otel.sdk.disabled", "false")),
                ObserveOptions.ofAgent(Settings.of(ObserveOptions.OF_AGENT, notDisabled))
                        .tracing());
        assertThrows(SettingException.class, () -> of(Map.of("otel-sdk-disabled", "perhaps")));
    }

    @Test
    void noValueIsShown() {
        Tracing all = new Tracing(Map.of("otel.exporter.otlp.headers", "key=s3cr3t"));
        assertFalse(all.toString().contains("s3cr3t"), all.toString());
    }
}
