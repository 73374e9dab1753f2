package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.server.TunnelServer;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.websocket.WsRouting;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** WebSockets and other upgrades, from a public client to a local service and back. */
@Timeout(60)
class UpgradeIT {

    private static final String[] ASK = {
        "Connection: Upgrade", "Upgrade: echo", "Sec-WebSocket-Key: kept"
    };

    @TempDir Path folder;

    /** Answers each text, and says in a text with which code it was closed. */
    private static final class Echo implements WsListener {
        private final BlockingQueue<Integer> closes = new LinkedBlockingQueue<>(1);

        @Override
        public void onMessage(WsSession session, String text, boolean last) {
            session.send("echo " + text, last);
        }

        @Override
        public void onClose(WsSession session, int status, String reason) {
            closes.add(status);
        }
    }

    @Test
    void aWebSocketOfClientsAndServersThatNobodyHereWrote() throws Exception {
        Echo echo = new Echo();
        WebServer local =
                WebServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .addRouting(WsRouting.builder().endpoint("/echo", echo))
                        .build()
                        .start();
        BlockingQueue<String> texts = new LinkedBlockingQueue<>(10);
        try (TunnelServer server = TunnelServer.builder().host("127.0.0.1").port(0).start();
                TunnelAgent agent =
                        TunnelAgent.builder()
                                .server("http://localhost:" + server.port())
                                .local("http://127.0.0.1:" + local.port())
                                .credentialsFile(folder.resolve("credentials.json"))
                                .start();
                HttpClient client = HttpClient.newHttpClient()) {
            assertTrue(agent.awaitConnected(Duration.ofSeconds(20)));
            URI url = URI.create(agent.publicUrl().replace("http://", "ws://") + "/echo");
            WebSocket socket =
                    client.newWebSocketBuilder()
                            .buildAsync(
                                    url,
                                    new WebSocket.Listener() {
                                        @Override
                                        public CompletionStage<?> onText(
                                                WebSocket from, CharSequence data, boolean last) {
                                            texts.add(data.toString());
                                            from.request(1);
                                            return null;
                                        }
                                    })
                            .get(10, TimeUnit.SECONDS);
            for (int i = 0; i < 3; i++) {
                socket.sendText("word " + i, true).get(10, TimeUnit.SECONDS);
                assertEquals("echo word " + i, texts.poll(10, TimeUnit.SECONDS));
            }
            socket.sendClose(4321, "done").get(10, TimeUnit.SECONDS);
            assertEquals(4321, echo.closes.poll(10, TimeUnit.SECONDS));
        } finally {
            local.stop();
        }
    }

    @Test
    void bytesBothWaysAndEachDirectionEndsOnItsOwn() throws Exception {
        try (Rig rig = Rig.start(folder, "binary", UpgradeIT::countsToTheEnd);
                Wire client = rig.get("/raw", ASK)) {
            Wire.Head answer = client.readAnswer();
            assertEquals(101, answer.status());
            assertEquals("echo", answer.first("Upgrade"));
            assertEquals("Upgrade", answer.first("Connection"));
            assertEquals("kept", answer.first("X-Key"));
            client.send("some ").send("bytes");
            client.socket().shutdownOutput();
            byte[] all = client.body(answer, true).readAllBytes();
            assertEquals("hello 10 bytes", new String(all, StandardCharsets.UTF_8));
        }
    }

    private static void countsToTheEnd(RawService.Call call) throws Exception {
        call.wire()
                .send(
                        "HTTP/1.1 101 Switching Protocols\r\n"
                                + "Connection: Upgrade\r\nUpgrade: echo\r\nX-Key: "
                                + call.head().first("Sec-WebSocket-Key")
                                + "\r\n\r\nhello ");
        int count = call.wire().body(call.head(), true).readAllBytes().length;
        call.wire().send(count + " bytes").close();
    }

    @Test
    void aRefusalComesBackAsItIs() throws Exception {
        try (Rig rig = Rig.start(folder, "binary", call -> call.answer(403, "not you"));
                Wire client = rig.get("/raw", ASK)) {
            Wire.Head answer = client.readAnswer();
            assertEquals(403, answer.status());
            assertEquals("not you", client.text(answer));
        }
    }

    @Test
    void aClientThatLeavesEndsTheLocalConnection() throws Exception {
        BlockingQueue<Integer> ends = new LinkedBlockingQueue<>(1);
        RawService.Handler service =
                call -> {
                    call.wire()
                            .head(
                                    "HTTP/1.1 101 Switching Protocols",
                                    "Connection: Upgrade",
                                    "Upgrade: echo");
                    try {
                        ends.add(call.wire().body(call.head(), true).read());
                    } catch (java.io.IOException e) {
                        ends.add(-2);
                    }
                };
        try (Rig rig = Rig.start(folder, "binary", service);
                Wire client = rig.get("/raw", ASK)) {
            assertEquals(101, client.readAnswer().status());
            assertNull(ends.poll());
            client.reset();
            assertTrue(ends.poll(5, TimeUnit.SECONDS) < 0, "the service sees the end");
        }
    }

    @Test
    void jsonModeSaysThatItCannot() throws Exception {
        try (Rig rig = Rig.start(folder, "json", call -> call.answer(200, "never"));
                Wire client = rig.get("/raw", ASK)) {
            assertEquals(501, client.readAnswer().status());
            assertEquals(0, rig.local().requests());
        }
    }
}
