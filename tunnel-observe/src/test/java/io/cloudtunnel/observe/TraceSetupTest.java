package io.cloudtunnel.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Tracing;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the settings of traces may be, and what becomes of a receiver that does not answer. */
class TraceSetupTest {

    private static String refused(String name, String value) {
        Map<String, String> all = new HashMap<>();
        all.put("otel.exporter.otlp.endpoint", "http://127.0.0.1:1");
        all.put(name, value);
        return String.valueOf(
                assertThrows(
                                SettingException.class,
                                () -> Traces.start(new Tracing(all), "test").close())
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "otel.traces.sampler, now_and_then, OTEL_TRACES_SAMPLER",
        "otel.traces.exporter, zipkin, OTEL_TRACES_EXPORTER",
        "otel.exporter.otlp.protocol, grpc, http/protobuf",
        "otel.exporter.otlp.traces.protocol, grpc, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        "otel.exporter.otlp.endpoint, nowhere, OTLP endpoint",
        "otel.bsp.schedule.delay, soon, OTEL_BSP_SCHEDULE_DELAY",
        "otel.propagators, b3, OTEL_PROPAGATORS"
    })
    void aWrongValueIsRefusedByItsName(String name, String value, String named) {
        String message = refused(name, value);
        assertTrue(message.contains(named), message);
        assertTrue(message.contains(value), message);
    }

    @Test
    void whatMayBeASecretIsNotRepeated() {
        String message = refused("otel.exporter.otlp.headers", "s3cr3t");
        assertEquals("OTEL_EXPORTER_OTLP_HEADERS has a wrong value", message);
        message = refused("otel.exporter.otlp.endpoint", "ftp://me:s3cr3t@host:1");
        assertFalse(message.contains("s3cr3t"), message);
    }

    @Test
    void whoSaysNoNameGetsOurs() {
        assertEquals("ours", service(Map.of()));
        assertEquals("own", service(Map.of("otel.service.name", "own")));
        assertEquals("shop", service(Map.of("otel.resource.attributes", "service.name=shop")));
    }

    private static String service(Map<String, String> properties) {
        try (OpenTelemetrySdk sdk = TraceSetup.sdk(new Tracing(properties), "ours")) {
            String all = sdk.toString();
            return all.replaceFirst("(?s).*service\\.name=\"([^\"]*)\".*", "$1");
        }
    }

    /** More spans than the queue takes, for one that takes a connection and says nothing. */
    @Test
    @Timeout(60)
    void aReceiverThatHangsHoldsNobodyUp() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Tracing there = Tracing.to("http://127.0.0.1:" + silent.getLocalPort());
            Traces traces = Traces.start(there, "test");
            RequestHead head = new RequestHead("GET", "/", null, Fields.EMPTY);
            long began = System.nanoTime();
            for (int i = 0; i < 10_000; i++) {
                traces.received(head).end(System.nanoTime());
            }
            traces.close();
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
            assertTrue(seconds < 8, "took " + seconds + " s"); // the exporter's patience is 10
        }
    }
}
