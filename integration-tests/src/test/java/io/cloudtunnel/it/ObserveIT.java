package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.program.Admin;
import io.cloudtunnel.program.Observation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators see of a request that goes through server and agent. */
@Timeout(60)
class ObserveIT {

    private static final Pattern ID = Pattern.compile("request id=([0-9a-f]{16}) ");
    private static final Observation ADMIN = Observation.DEFAULT.withAdmin(Admin.onLoopback(0));

    @TempDir Path folder;

    private Rig rig(String mode, RawService.Handler handler) throws Exception {
        return Rig.start(
                folder,
                mode,
                handler,
                server -> server.observation(ADMIN),
                agent -> agent.observation(ADMIN));
    }

    private static String scrape(int port) {
        try (Wire wire = Wire.to(port).head("GET /metrics HTTP/1.1", "Host: localhost")) {
            Wire.Head answer = wire.readAnswer();
            assertEquals(200, answer.status());
            return wire.text(answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(int port, String line) throws Exception {
        Waiting.until(10, line, () -> scrape(port).contains("\n" + line + "\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"binary", "json"})
    void theSameIdStandsInBothLinesAndAtTheLocalService(String mode) throws Exception {
        BlockingQueue<Wire.Head> seen = new LinkedBlockingQueue<>();
        try (LogLines log = new LogLines();
                Rig rig =
                        rig(
                                mode,
                                call -> {
                                    seen.add(call.head());
                                    call.answer(200, "ok");
                                });
                Wire client = rig.get("/x?secret=1", "Cookie: s3cr3t", "Authorization: s3cr3t")) {
            String answered = client.readAnswer().first("X-Request-Id");
            Wire.Head head = seen.poll(10, TimeUnit.SECONDS);
            assertTrue(head != null, "the local service was asked");
            assertEquals(answered, head.first("X-Request-Id"));
            String server = log.await("server's", 5000, l -> l.contains("server.requests"));
            String agent = log.await("agent's", 5000, l -> l.contains("agent.requests"));
            assertEquals(answered, id(server));
            assertEquals(answered, id(agent));
            assertTrue(server.matches(".* head=\\d+\\.\\d ms=\\d+\\.\\d .* end=ok"), server);
            assertTrue(agent.matches(".* local=\\d+\\.\\d ms=\\d+\\.\\d end=ok"), agent);
            assertEquals(0, log.count("s3cr3t"));
            assertEquals(0, log.count("secret"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"binary", "json"})
    void aClientsOwnIdIsTakenWhereItIsHarmless(String mode) throws Exception {
        BlockingQueue<Wire.Head> seen = new LinkedBlockingQueue<>();
        try (LogLines log = new LogLines();
                Rig rig =
                        rig(
                                mode,
                                call -> {
                                    seen.add(call.head());
                                    call.answer(200, "ok");
                                })) {
            String harmless = "client-chosen.1";
            String evil = "12345678 end=ok";
            for (String given : new String[] {harmless, evil, "x".repeat(65)}) {
                // What comes after the first one goes nowhere.
                String[] fields = {"X-Request-Id: " + given, "X-Request-Id: second-given"};
                try (Wire client = rig.get("/", fields)) {
                    String answered = client.readAnswer().first("X-Request-Id");
                    Wire.Head head = seen.poll(10, TimeUnit.SECONDS);
                    assertTrue(head != null, "the local service was asked");
                    assertEquals(List.of(answered), head.all("X-Request-Id"));
                    assertEquals(given.equals(harmless), answered.equals(given), answered);
                    String word = "request id=" + answered + " ";
                    String server =
                            log.await(
                                    "server's",
                                    5000,
                                    l -> l.contains("server.requests") && l.contains(word));
                    String agent =
                            log.await(
                                    "agent's",
                                    5000,
                                    l -> l.contains("agent.requests") && l.contains(word));
                    assertTrue(!server.contains("second") && !agent.contains("second"), server);
                }
            }
        }
    }

    private static String id(String line) {
        Matcher matcher = ID.matcher(line);
        assertTrue(matcher.find(), line);
        return matcher.group(1);
    }

    @Test
    void serverAndAgentCountTheSameRequests() throws Exception {
        try (Rig rig =
                rig(
                        "binary",
                        call -> {
                            call.body().readAllBytes(); // so that all of it was passed on
                            if (call.head().start().contains("/broken")) {
                                call.wire().socket().close();
                            } else {
                                call.answer(201, "0123456789");
                            }
                        })) {
            String body = "x".repeat(1000);
            try (Wire client = rig.client()) {
                client.send(rig.requestHead("POST", "/", "Content-Length: 1000") + body);
                assertEquals(201, client.readAnswer().status());
            }
            try (Wire client = rig.client()) {
                client.send(rig.requestHead("POST", "/broken", "Content-Length: 1") + "x");
                assertEquals(502, client.readAnswer().status());
            }
            int server = rig.server().adminPort();
            String tunnel = "tunnel=\"" + rig.target("").substring("/pub/".length()) + "\"";
            await(server, "cloudtunnel_requests_total{status=\"2xx\"," + tunnel + "} 1.0");
            await(server, "cloudtunnel_requests_total{status=\"5xx\"," + tunnel + "} 1.0");
            await(server, "cloudtunnel_request_failures_total{leg=\"local\"," + tunnel + "} 1.0");
            await(server, "cloudtunnel_links{mode=\"binary\",state=\"ready\"} 2.0");
            await(server, "cloudtunnel_streams_open 0.0");
            int agent = rig.agent().adminPort();
            await(agent, "cloudtunnel_agent_requests_total{status=\"2xx\"} 1.0");
            await(
                    agent,
                    "cloudtunnel_agent_request_errors_total{code=\"local-broken\",leg=\"local\"}"
                            + " 1.0");
            await(agent, "cloudtunnel_agent_body_bytes_total{direction=\"request\"} 1001.0");
            await(agent, "cloudtunnel_agent_body_bytes_total{direction=\"response\"} 10.0");
            await(agent, "cloudtunnel_agent_local_duration_seconds_count 1");
            await(agent, "cloudtunnel_agent_links{mode=\"binary\",state=\"current\"} 2.0");
            await(agent, "cloudtunnel_agent_dials_total{outcome=\"open\"} 2.0");
            await(agent, "cloudtunnel_agent_connected 1.0");
        }
    }

    @Test
    void anAgentThatLosesItsServerSaysSo() throws Exception {
        try (Rig rig = rig("binary", call -> call.answer(200, "ok"))) {
            int agent = rig.agent().adminPort();
            await(agent, "cloudtunnel_agent_connected 1.0");
            rig.server().close();
            await(agent, "cloudtunnel_agent_connected 0.0");
            Waiting.until(
                    10,
                    "a dial in vain",
                    () -> !scrape(agent).contains("dials_total{outcome=\"failed\"} 0.0"));
        }
    }

    @Test
    void rolloversAreCountedOnBothSides() throws Exception {
        try (Rig rig =
                Rig.start(
                        folder,
                        "binary",
                        call -> call.answer(200, "ok"),
                        server -> server.observation(ADMIN).linkLifetime(Duration.ofSeconds(4)),
                        agent -> agent.observation(ADMIN).links(1))) {
            int agent = rig.agent().adminPort();
            Waiting.until(
                    10,
                    "a rollover",
                    () -> !scrape(agent).contains("reconnects_total{reason=\"rollover\"} 0.0"));
            int server = rig.server().adminPort();
            Waiting.until(
                    10,
                    "a link that has ended",
                    () -> !scrape(server).contains("cloudtunnel_link_lifetime_seconds_count 0\n"));
        }
    }
}
