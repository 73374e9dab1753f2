package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.fake.RawTunnel;
import io.cloudtunnel.agent.fake.ScriptedPeer;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.ws.WsEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When an agent dials, waits and leaves, against a server that a test scripts. */
class AgentLinkTest {

    private static final String OURS = "Cloudtunnel-Protocols: json";
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir private Path directory;
    private final Recorder recorder = new Recorder();
    private TestPace pace = new TestPace(100);

    private TunnelAgentBuilder builder(RawTunnel server) {
        return TunnelAgent.builder()
                .server("http://127.0.0.1:" + server.port())
                .local("http://127.0.0.1:1")
                .credentialsFile(directory.resolve("c.json"))
                .environment(Map.of())
                .listener(recorder)
                .pace(pace);
    }

    /** Opens the link and keeps it until the other side ends it. */
    private static void stays(RawTunnel.Request request) throws Exception {
        request.upgrade("");
        request.awaitClose();
    }

    private List<Long> seconds() {
        return pace.waits().stream().map(TimeUnit.NANOSECONDS::toSeconds).toList();
    }

    private static void leaves(RawTunnel.Request request, int code) throws Exception {
        request.upgrade("");
        request.writer().close(code, "");
        request.connection().drain();
    }

    @Test
    void aServerThatLeavesIsDialledAtOnce() throws Exception {
        CountDownLatch second = new CountDownLatch(2);
        RawTunnel.Answer dial =
                (attempt, request) -> {
                    second.countDown();
                    if (attempt == 1) {
                        leaves(request, 1001);
                    } else {
                        stays(request);
                    }
                };
        try (RawTunnel server = new RawTunnel(RawTunnel.registers("one", OURS), dial);
                TunnelAgent agent = builder(server).start()) {
            second.await();
            assertTrue(agent.awaitConnected(SOON));
            assertEquals(List.of(), pace.waits());
        }
    }

    @Test
    void aServerThatDoesNotBeginBinaryModeIsLeft() throws Exception {
        CompletableFuture<WsEvent.Close> left = new CompletableFuture<>();
        RawTunnel.Answer silent =
                (attempt, request) -> {
                    request.upgrade("", "Sec-WebSocket-Protocol: cloudtunnel.v1");
                    if (request.reader().next() instanceof WsEvent.Close close) {
                        left.complete(close);
                    }
                };
        try (RawTunnel server =
                new RawTunnel(
                        RawTunnel.registers("one", "Cloudtunnel-Protocols: cloudtunnel.v1"),
                        silent)) {
            TunnelAgentBuilder builder =
                    builder(server)
                            .limits(
                                    Limits.DEFAULT.toBuilder()
                                            .helloWait(Duration.ofMillis(200))
                                            .build());
            TunnelAgent agent = builder.start();
            try {
                WsEvent.Close close = left.get(20, TimeUnit.SECONDS);
                assertEquals(4000, close.code());
                assertEquals("no-hello", close.reason());
            } finally {
                agent.close();
            }
        }
    }

    @Test
    void butNotForEver() throws Exception {
        pace = new TestPace(1);
        try (RawTunnel server =
                        new RawTunnel(
                                RawTunnel.registers("one", OURS),
                                (attempt, request) -> leaves(request, 1001));
                TunnelAgent agent = builder(server).start()) {
            pace.awaitSpent();
            assertEquals(4, server.dials());
            assertEquals(AgentState.WAITING, agent.state());
        }
    }

    @Test
    void aNewerAgentIsLeftInPeace() throws Exception {
        pace = new TestPace(2);
        try (RawTunnel server =
                        new RawTunnel(
                                RawTunnel.registers("one", OURS),
                                (attempt, request) -> leaves(request, 4001));
                TunnelAgent agent = builder(server).start()) {
            pace.awaitSpent();
            assertEquals(List.of(30L, 30L), seconds());
            assertEquals(AgentState.WAITING, agent.state());
        }
    }

    @Test
    void retryAfterOverrides() throws Exception {
        pace = new TestPace(2);
        RawTunnel.Answer busy = (attempt, request) -> request.answer(503, "busy", "Retry-After: 7");
        RawTunnel.Answer register =
                (attempt, request) -> {
                    if (attempt == 1) {
                        request.answer(503, "busy", "Retry-After: 90");
                    } else {
                        RawTunnel.registers("one").run(attempt, request);
                    }
                };
        try (RawTunnel server = new RawTunnel(register, busy);
                TunnelAgent agent = builder(server).start()) {
            pace.awaitSpent();
            assertTrue(seconds().get(0) >= 90 && seconds().get(0) <= 135, seconds()::toString);
            assertTrue(seconds().get(1) >= 7 && seconds().get(1) <= 10, seconds()::toString);
            assertFalse(agent.state().isFinal());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 101 OK~Upgrade: websocket~Connection: Upgrade~Sec-WebSocket-Accept: x~~",
                "HTTP/1.1 101 OK~~",
                "HTTP/1.1 200 OK~Content-Length: 0~~",
                "garbage~~",
                "",
            })
    void aHandshakeThatIsNoneIsTriedAgain(String answer) throws Exception {
        pace = new TestPace(2);
        try (RawTunnel server =
                        new RawTunnel(
                                RawTunnel.registers("one"),
                                (attempt, request) ->
                                        request.connection().write(answer.replace("~", "\r\n")));
                TunnelAgent agent = builder(server).start()) {
            pace.awaitSpent();
            assertEquals(AgentState.WAITING, agent.state());
            assertEquals(List.of(), recorder.urls());
        }
    }

    @Test
    void framesRightBehindThe101AreNotLost() throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        String json =
                "{\"type\":\"req\",\"req_id\":\"1\",\"method\":\"GET\",\"path\":\"/\",\"query\":\"\"}";
        String frame = "\u0081" + (char) json.length() + json;
        RawTunnel.Answer dial =
                (attempt, request) -> {
                    request.upgrade(frame, "Sec-WebSocket-Protocol: whatever");
                    if (request.reader().next() instanceof WsEvent.Text text) {
                        answer.complete(text.payload().utf8());
                    }
                };
        try (RawTunnel server = new RawTunnel(RawTunnel.registers("one"), dial);
                TunnelAgent agent = builder(server).start()) {
            String got = answer.get(20, TimeUnit.SECONDS);
            assertTrue(got.contains("local-unreachable"), got);
            assertFalse(agent.state().isFinal());
        }
    }

    @Test
    void stoppingAnswersWhatIsOpenAndSaysGoodbye() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch stopping = new CountDownLatch(1);
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        RawTunnel.Answer dial =
                (attempt, request) -> {
                    request.upgrade("");
                    request.writer()
                            .text(
                                    Bytes.utf8(
                                            "{\"type\":\"req\",\"req_id\":\"1\",\"method\":\"GET\",\"path\":\"/\"}"));
                    var reader = request.reader();
                    for (int i = 0; i < 2; i++) {
                        switch (reader.next()) {
                            case WsEvent.Text text -> seen.add(text.payload().utf8());
                            case WsEvent.Close close -> seen.add("close " + close.code());
                            default -> throw new IOException("unexpected");
                        }
                    }
                };
        try (ScriptedPeer local =
                        new ScriptedPeer(c -> {
                            c.head();
                            asked.countDown();
                            c.hold(stopping);
                            c.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                        });
                RawTunnel server = new RawTunnel(RawTunnel.registers("one"), dial);
                TunnelAgent agent =
                        builder(server)
                                .local(local.url())
                                .listener(
                                        new AgentListener() {
                                            @Override
                                            public void stateChanged(
                                                    AgentState state, String detail) {
                                                if (state == AgentState.STOPPING) {
                                                    stopping.countDown();
                                                }
                                            }
                                        })
                                .start()) {
            asked.await();
            agent.stop();
            assertTrue(String.valueOf(seen.poll(5, TimeUnit.SECONDS)).contains("200"));
            assertEquals("close 1001", seen.poll(5, TimeUnit.SECONDS));
            assertEquals(AgentState.STOPPED, agent.state());
        }
    }
}
