package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a receiver of traces gets from the programs, and the local service of the trace. */
@Timeout(90)
class TracingIT {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CLIENT = "00f067aa0ba902b7";
    private static final String PARENT = "00-" + TRACE + "-" + CLIENT + "-";
    private static final String UNSAMPLED = "0af7651916cd43dd8448eb211c80319c";

    @TempDir Path folder;

    private final BlockingQueue<Wire.Head> seen = new LinkedBlockingQueue<>();

    private RawService localService() throws IOException {
        return new RawService(call -> {
            seen.add(call.head());
            if (call.head().target().startsWith("/broken")) {
                call.wire().socket().close();
            } else {
                call.answer(200, "ok");
            }
        });
    }

    /**
     * The request for this path; one that goes wrong may be tried twice, and then is there twice.
     */
    private Wire.Head seen(String path) throws InterruptedException {
        while (true) {
            Wire.Head head = seen.poll(10, TimeUnit.SECONDS);
            assertTrue(head != null, "the local service was asked for " + path);
            if (head.target().startsWith(path)) {
                return head;
            }
        }
    }

    private static Map<String, String> to(OtlpReceiver receiver, String... more) {
        Map<String, String> all = new HashMap<>();
        all.put("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint());
        all.put("OTEL_BSP_SCHEDULE_DELAY", "50");
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    private static int get(Programs server, String target, String... fields) throws Exception {
        StringBuilder head = new StringBuilder("GET " + target + " HTTP/1.1\r\n");
        head.append("Host: localhost\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        try (Wire client = Wire.to(server.port())) {
            return client.send(head.append("\r\n").toString()).readAnswer().status();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"binary", "json"})
    void theSpansOfARequestAreJoined(String mode) throws Exception {
        try (OtlpReceiver receiver = new OtlpReceiver();
                RawService local = localService();
                Programs server =
                        Programs.start(folder, "tunnel-server", to(receiver), "--port", "0");
                Programs agent =
                        Programs.agent(
                                folder,
                                to(receiver, "OTEL_SERVICE_NAME", "my-agent"),
                                server.port(),
                                local.port(),
                                "--mode",
                                mode)) {
            String path = agent.publicPath();
            sampled(receiver, server, path);
            failed(receiver, server, path, mode.equals("binary"));
            unsampled(server, path);
            malformed(receiver, server, path);
            agent.terminate();
            agent.awaitExit();
            server.terminate();
            server.awaitExit(); // by now they have sent all that they had
            assertEquals(9, receiver.all().size(), receiver.all().toString());
            assertFalse(receiver.all().toString().contains("s3cr3t"), receiver.all().toString());
        }
    }

    /** Long before the batch would be sent by itself. */
    @Test
    void whatIsLeftIsSentAtTheEnd() throws Exception {
        String never = "600000"; // milliseconds
        try (OtlpReceiver receiver = new OtlpReceiver();
                RawService local = localService();
                Programs server =
                        Programs.start(
                                folder,
                                "tunnel-server",
                                to(receiver, "OTEL_BSP_SCHEDULE_DELAY", never),
                                "--port",
                                "0");
                Programs agent =
                        Programs.agent(
                                folder,
                                to(receiver, "OTEL_BSP_SCHEDULE_DELAY", never),
                                server.port(),
                                local.port())) {
            assertEquals(200, get(server, agent.publicPath() + "/last"));
            agent.terminate();
            assertEquals(143, agent.awaitExit());
            assertEquals(1, receiver.all().size(), receiver.all().toString());
            server.terminate();
            assertEquals(143, server.awaitExit());
            assertEquals(3, receiver.all().size(), receiver.all().toString());
        }
    }

    private void sampled(OtlpReceiver receiver, Programs server, String path) throws Exception {
        String[] fields = {
            "traceparent: " + PARENT + "01",
            "tracestate: rojo=1",
            "tracestate: congo=t61",
            "X-Request-Id: request-17",
            "Authorization: Bearer s3cr3t",
            "Cookie: s3cr3t=s3cr3t"
        };
        assertEquals(200, get(server, path + "/joined?key=s3cr3t", fields));
        Wire.Head head = seen("/joined");
        OtlpReceiver.Spans spans = receiver.await("/joined");
        OtlpReceiver.Received call = spans.call();
        assertEquals(TRACE, spans.server().trace());
        assertEquals(CLIENT, spans.server().parent());
        assertEquals(TRACE, spans.tunnel().trace());
        assertEquals(TRACE, call.trace());
        assertEquals("00-" + TRACE + "-" + call.id() + "-01", head.first("traceparent"));
        assertEquals("rojo=1,congo=t61", head.first("tracestate"));
        assertEquals(1, head.all("traceparent").size());
        assertEquals("cloudtunnel-server", spans.server().service());
        assertEquals("cloudtunnel-server", spans.tunnel().service());
        assertEquals("my-agent", call.service());
        assertTrue(spans.tunnel().isWithin(spans.server()), spans.toString());
        Map<String, String> told = spans.server().attributes();
        assertEquals("GET", told.get("http.request.method"));
        assertEquals(path + "/joined", told.get("url.path"));
        assertNull(told.get("url.query"));
        assertEquals("200", told.get("http.response.status_code"));
        assertEquals("localhost", told.get("server.address"));
        assertEquals("1.1", told.get("network.protocol.version"));
        assertEquals("request-17", told.get("cloudtunnel.request_id"));
        assertEquals(path.substring("/pub/".length()), told.get("tunnel.id"));
        assertEquals("2", told.get("http.response.body.size"));
        assertEquals("request-17", call.attributes().get("cloudtunnel.request_id"));
        assertEquals("/joined", call.attributes().get("url.path"));
        assertEquals("127.0.0.1", call.attributes().get("server.address"));
        assertFalse(spans.server().isError() || spans.tunnel().isError() || call.isError());
    }

    /** In JSON mode the agent's answer tells the server no more than a status. */
    private void failed(OtlpReceiver receiver, Programs server, String path, boolean binary)
            throws Exception {
        assertEquals(502, get(server, path + "/broken"));
        OtlpReceiver.Spans spans = receiver.await("/broken");
        assertEquals("", spans.server().parent());
        assertNotEquals(TRACE, spans.server().trace());
        assertEquals("502", spans.server().attributes().get("http.response.status_code"));
        assertTrue(spans.server().isError(), spans.toString());
        assertEquals(
                binary ? "local-broken" : "502", spans.server().attributes().get("error.type"));
        assertEquals(binary, spans.tunnel().isError());
        assertTrue(spans.call().isError(), spans.toString());
        assertEquals("local-broken", spans.call().attributes().get("error.type"));
        assertEquals("local", spans.call().attributes().get("cloudtunnel.leg"));
    }

    /** That nothing was sent is seen when all is over. */
    private void unsampled(Programs server, String path) throws Exception {
        String parent = "traceparent: 00-" + UNSAMPLED + "-" + CLIENT + "-00";
        assertEquals(200, get(server, path + "/unsampled", parent));
        String passed = seen("/unsampled").first("traceparent");
        assertTrue(passed.matches("00-" + UNSAMPLED + "-[0-9a-f]{16}-00"), passed);
    }

    private void malformed(OtlpReceiver receiver, Programs server, String path) throws Exception {
        String[] fields = {"traceparent: 00-" + TRACE + "-0-01", "tracestate: rojo=1"};
        assertEquals(200, get(server, path + "/malformed", fields));
        Wire.Head head = seen("/malformed");
        OtlpReceiver.Spans spans = receiver.await("/malformed");
        assertEquals("", spans.server().parent());
        assertNotEquals(TRACE, spans.server().trace());
        String passed = head.first("traceparent");
        String ids = "00-" + spans.server().trace() + "-" + spans.call().id() + "-";
        assertTrue(passed.matches(ids + "0[13]"), passed); // sampled, and perhaps random
        assertEquals(List.of(), head.all("tracestate"));
    }

    @Test
    void withoutTracingTheClientsContextArrivesAsItCame() throws Exception {
        try (Rig rig =
                        Rig.start(
                                folder,
                                "binary",
                                call -> {
                                    seen.add(call.head());
                                    call.answer(200, "ok");
                                });
                Wire client = rig.get("/", "Traceparent: " + PARENT + "01", "tracestate: a=1")) {
            assertEquals(200, client.readAnswer().status());
            Wire.Head head = seen("/");
            assertTrue(head.lines().contains("Traceparent: " + PARENT + "01"), head.toString());
            assertTrue(head.lines().contains("tracestate: a=1"), head.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tunnel-server", "tunnel-agent"})
    void aWrongValueIsToldAtTheStart(String program) throws Exception {
        Map<String, String> wrong =
                Map.of("OTEL_TRACES_EXPORTER", "otlp", "OTEL_TRACES_SAMPLER", "now_and_then");
        String[] args =
                program.equals("tunnel-server")
                        ? new String[] {"--port", "0"}
                        : new String[] {"--server", "http://localhost:1", "--local", "2"};
        try (Programs started = Programs.start(folder, program, wrong, args)) {
            assertEquals(2, started.awaitExit(), started.output());
            assertTrue(started.output().contains("OTEL_TRACES_SAMPLER"), started.output());
            assertTrue(started.output().contains("now_and_then"), started.output());
        }
    }
}
