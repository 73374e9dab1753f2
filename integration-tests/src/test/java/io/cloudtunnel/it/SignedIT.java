package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.agent.AgentState;
import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.agent.TunnelAgentBuilder;
import io.cloudtunnel.protocol.ws.WsHandshake;
import io.cloudtunnel.server.TunnelServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real server and agent, and between them a middlebox that may do what it likes, as whoever ends
 * TLS there could.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SignedIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final byte[] LARGE =
            "0123456789abcdef".repeat(4096).getBytes(StandardCharsets.US_ASCII);

    @TempDir Path folder;

    private final List<byte[]> bodies = new CopyOnWriteArrayList<>(); // at the local service
    private TunnelServer server;
    private RawService local;
    private String id;
    private String secret;

    @BeforeEach
    void start() throws Exception {
        server = TunnelServer.builder().host("127.0.0.1").port(0).start();
        local =
                new RawService(call -> {
                    byte[] body = call.body().readAllBytes();
                    bodies.add(body);
                    call.answer(200, new String(body, StandardCharsets.ISO_8859_1));
                });
        register(); // on the server's own machine: nobody stands there
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        local.close();
    }

    private void register() throws IOException {
        try (Wire wire =
                Wire.to(server.port())
                        .head("POST /register HTTP/1.1", "Host: localhost", "Content-Length: 0")) {
            JsonNode pair = new ObjectMapper().readTree(wire.text(wire.readAnswer()));
            id = pair.path("id").asText();
            secret = pair.path("secret").asText();
        }
    }

    private String mac() {
        return secret.substring(secret.lastIndexOf('.') + 1);
    }

    private TunnelAgentBuilder agent(Middlebox between, String signed) {
        return TunnelAgent.builder()
                .server("http://localhost:" + between.port())
                .local(Integer.toString(local.port()))
                .credentials(id, secret)
                .links(1)
                .signed(signed);
    }

    private Wire post(byte[] body) throws IOException {
        return Wire.to(server.port())
                .head(
                        "POST /pub/" + id + "/ HTTP/1.1",
                        "Host: localhost",
                        "Content-Length: " + body.length)
                .send(body);
    }

    private void assertEchoes(byte[] body) throws IOException {
        try (Wire client = post(body)) {
            Wire.Head answer = client.readAnswer();
            assertEquals(200, answer.status());
            assertArrayEquals(body, client.body(answer, false).readAllBytes());
        }
    }

    @Test
    void theSecretNeverPasses() throws Exception {
        try (Middlebox between = new Middlebox(server.port(), new Middlebox.Script() {});
                TunnelAgent agent = agent(between, "required").start()) {
            assertTrue(agent.awaitConnected(PATIENCE));
            assertEchoes(new byte[0]);
            assertEchoes("small, in JSON form".getBytes(StandardCharsets.US_ASCII));
            assertEchoes(LARGE);
            Waiting.until(10, "a probe", () -> !between.heads("GET /pub/").isEmpty());
            assertTrue(between.saw("Cloudtunnel-Claims: ct1."), "it was listening");
            assertFalse(between.saw(mac()));
            assertFalse(between.saw("Authorization"));
            assertTrue(between.saw("cloudtunnel.v1.signed"));
        }
    }

    /** One bit of the n-th large message in one direction. */
    private static final class Flips implements Middlebox.Script {
        private final boolean toServer;
        private final AtomicInteger left = new AtomicInteger(1);

        private Flips(boolean toServer) {
            this.toServer = toServer;
        }

        @Override
        public void message(boolean goesToServer, byte[] payload) {
            if (goesToServer == toServer
                    && payload.length > 10_000
                    && left.getAndDecrement() == 1) {
                payload[payload.length / 2] ^= 1;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noChangedByteArrives(boolean inTheAnswer) throws Exception {
        try (LogLines log = new LogLines();
                Middlebox between = new Middlebox(server.port(), new Flips(inTheAnswer));
                TunnelAgent agent = agent(between, "required").start()) {
            assertTrue(agent.awaitConnected(PATIENCE));
            try (Wire client = post(LARGE)) {
                Wire.Head answer = client.readHead();
                assertFalse(arrivedWhole(client, answer));
            }
            log.await("reason", 10_000, line -> line.contains("tag-wrong"));
            for (byte[] body : bodies) { // what of it came there was as it was sent
                assertArrayEquals(Arrays.copyOf(LARGE, body.length), body);
            }
            Waiting.until(15, "another link", () -> between.heads("GET /ws").size() > 1);
            assertTrue(agent.awaitConnected(PATIENCE));
            assertEchoes(LARGE);
        }
    }

    /** What came is right as far as it goes. */
    private static boolean arrivedWhole(Wire client, Wire.Head answer) {
        if (answer == null || answer.status() != 200) {
            return false;
        }
        int at = 0;
        try (var body = client.body(answer, false)) {
            for (int b = body.read(); b >= 0; b = body.read()) {
                assertEquals(LARGE[at++], (byte) b, "a changed byte arrived");
            }
        } catch (IOException e) {
            return false;
        }
        return at == LARGE.length;
    }

    /** Each changes a handshake so that a trusting agent would speak unsigned. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "offer taken out",
                "offer replaced",
                "answer without subprotocol",
                "answer with another subprotocol",
                "proof taken out",
                "proof changed",
                "policies not enforced",
                "public URL changed",
                "400",
                "401",
                "403",
                "404",
                "426",
                "server posed as"
            })
    void nothingBringsAnAgentDown(String what) throws Exception {
        try (LogLines log = new LogLines();
                Middlebox between = new Middlebox(server.port(), new Downgrade(what));
                TunnelAgent agent = agent(between, "required").start()) {
            log.await("a reason", 15_000, line -> line.contains("trying again in"));
            Waiting.until(
                    20,
                    "tries",
                    () ->
                            between.heads("GET /ws").size() >= 2
                                    || log.count("refuses the credentials") > 0);
            for (String head : between.heads("GET /ws")) {
                assertTrue(head.startsWith("GET /ws HTTP/1.1"), head);
                assertTrue(
                        head.contains("Sec-WebSocket-Protocol: cloudtunnel.v1.signed\r\n"), head);
            }
            assertFalse(between.saw(mac()));
            assertFalse(between.saw("Authorization"));
            assertEquals(List.of(), between.heads("POST /register"));
            assertNotEquals(AgentState.CONNECTED, agent.state());
            assertNotEquals(AgentState.FAILED, agent.state());
            assertNull(agent.publicUrl());
        }
    }

    /** As soon as it is told to, says that no credentials are right. */
    private static final class Refusing implements Middlebox.Script {
        private volatile boolean refuses;

        @Override
        public String instead(String head) {
            return refuses && head.startsWith("GET /ws")
                    ? "HTTP/1.1 401 No\r\nCloudtunnel-Error: bad-credentials\r\nContent-Length: 0"
                            + "\r\nConnection: close\r\n\r\n"
                    : "";
        }
    }

    /** It would be given a new secret over the same way, and its tunnel would have another URL. */
    @Test
    void noRefusalMakesItRegisterAnew() throws Exception {
        var script = new Refusing();
        try (LogLines log = new LogLines();
                Middlebox between = new Middlebox(server.port(), script);
                TunnelAgent agent =
                        TunnelAgent.builder()
                                .server("http://localhost:" + between.port())
                                .local(Integer.toString(local.port()))
                                .credentialsFile(folder.resolve("credentials.json"))
                                .signed("required")
                                .start()) {
            assertTrue(agent.awaitConnected(PATIENCE));
            assertEquals(1, between.heads("POST /register").size(), "the first time it has to");
            script.refuses = true;
            between.cut();
            log.await("a reason", 10_000, line -> line.contains("does not register anew"));
            assertEquals(1, between.heads("POST /register").size());
        }
    }

    /** What a middlebox tries. */
    private record Downgrade(String what) implements Middlebox.Script {
        @Override
        public String request(String head) {
            return switch (what) {
                case "offer taken out" -> head.replaceAll("Sec-WebSocket-Protocol: [^\r]*\r\n", "");
                case "offer replaced" -> head.replace("cloudtunnel.v1.signed", "cloudtunnel.v1");
                default -> head;
            };
        }

        @Override
        public String instead(String head) {
            if (!head.startsWith("GET /ws")) {
                return "";
            }
            if (what.matches("\\d+")) {
                String error = what.equals("401") ? "bad-credentials" : "signed-required";
                return "HTTP/1.1 "
                        + what
                        + " No\r\nCloudtunnel-Error: "
                        + error
                        + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            }
            if (!what.equals("server posed as")) {
                return "";
            }
            String key = head.replaceAll("(?s).*Sec-WebSocket-Key: ([^\r]*)\r\n.*", "$1");
            String nonce = "A".repeat(43);
            return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade"
                    + "\r\nSec-WebSocket-Accept: "
                    + WsHandshake.acceptKey(key)
                    + "\r\nSec-WebSocket-Protocol: cloudtunnel.v1.signed\r\nCloudtunnel-Nonce: "
                    + nonce
                    + "\r\nCloudtunnel-Proof: "
                    + nonce
                    + "\r\n\r\n";
        }

        @Override
        public String answer(String head) {
            return switch (what) {
                case "answer without subprotocol" ->
                        head.replaceAll("Sec-WebSocket-Protocol: [^\r]*\r\n", "");
                case "answer with another subprotocol" ->
                        head.replace("cloudtunnel.v1.signed", "cloudtunnel.v1");
                case "proof taken out" -> head.replaceAll("Cloudtunnel-Proof: [^\r]*\r\n", "");
                case "proof changed" ->
                        head.replaceAll(
                                "Cloudtunnel-Proof: [^\r]*",
                                "Cloudtunnel-Proof: " + "A".repeat(43));
                case "policies not enforced" ->
                        head.replaceAll("Cloudtunnel-Access: [^\r]*", "Cloudtunnel-Access: none");
                case "public URL changed" ->
                        head.replaceAll(
                                "Cloudtunnel-Public-Url: [^\r]*",
                                "Cloudtunnel-Public-Url: http://evil.example");
                default -> head;
            };
        }
    }

    /** One that is to be signed where it can be is not stopped by a server that does not. */
    @Test
    void autoSignsWhereItCan() throws Exception {
        try (Middlebox between = new Middlebox(server.port(), new Middlebox.Script() {});
                TunnelAgent agent = agent(between, "auto").start()) {
            assertTrue(agent.awaitConnected(PATIENCE));
            assertEchoes(LARGE);
            assertFalse(between.saw(mac()));
        }
        try (TunnelServer off =
                        TunnelServer.builder().host("127.0.0.1").port(0).signed("off").start();
                TunnelAgent agent =
                        TunnelAgent.builder()
                                .server("http://localhost:" + off.port())
                                .local(Integer.toString(local.port()))
                                .credentialsFile(folder.resolve("credentials.json"))
                                .signed("auto")
                                .start()) {
            assertTrue(agent.awaitConnected(PATIENCE));
        }
    }

    @Test
    void whoDoesNotSignIsToldSoByAServerThatAsksForIt() throws Exception {
        try (TunnelServer asks =
                        TunnelServer.builder()
                                .host("127.0.0.1")
                                .port(0)
                                .signed("required")
                                .start();
                TunnelAgent agent =
                        TunnelAgent.builder()
                                .server("http://localhost:" + asks.port())
                                .local(Integer.toString(local.port()))
                                .credentialsFile(folder.resolve("credentials.json"))
                                .start()) {
            assertEquals(AgentState.FAILED, agent.awaitEnd());
            assertTrue(String.valueOf(agent.failure()).contains("--signed"), agent.failure());
            try (TunnelAgent signs =
                    TunnelAgent.builder()
                            .server("http://localhost:" + asks.port())
                            .local(Integer.toString(local.port()))
                            .credentialsFile(folder.resolve("credentials.json"))
                            .signed("auto")
                            .start()) {
                assertTrue(signs.awaitConnected(PATIENCE));
            }
        }
    }
}
