package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.cloudtunnel.protocol.frame.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an agent can do wrong costs its own link only. */
class HostileAgentTest {

    private Tunnel tunnel;
    private Tunnel.Other other;

    @BeforeEach
    void start() throws Exception {
        tunnel =
                Tunnel.start(b ->
                        b.limits(
                                Limits.DEFAULT.toBuilder()
                                        .jsonBodyBytes(1 << 20)
                                        .closeWait(Duration.ofMillis(300))
                                        .helloWait(Duration.ofMillis(300))
                                        .build()));
        other = tunnel.other(request -> request.answer(200, request.body()));
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        assertEquals(200, other.status()); // another agent's link is as it was
        other.agent().close();
        tunnel.close();
    }

    private RawClient handshake(String... more) throws IOException {
        RawClient client = tunnel.raw();
        List<String> lines = new ArrayList<>(List.of(more));
        lines.add("Connection: Upgrade");
        lines.add("Upgrade: websocket");
        lines.add("Sec-WebSocket-Version: 13");
        lines.add("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        client.request(
                "GET",
                "/ws?id=" + tunnel.id + "&secret=" + tunnel.secret,
                lines.toArray(String[]::new));
        assertEquals(101, client.answer().status());
        return client;
    }

    /** A frame with a mask of zeros. */
    private static byte[] frame(int first, byte[] payload) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        if (payload.length < 126) {
            out.write(0x80 | payload.length);
        } else {
            out.write(0x80 | 126);
            out.write(payload.length >> 8);
            out.write(payload.length);
        }
        out.write(new byte[4]);
        out.write(payload);
        return out.toByteArray();
    }

    private static byte[] frame(int first, String payload) throws IOException {
        return frame(first, payload.getBytes(StandardCharsets.UTF_8));
    }

    /** The code of the close frame that comes next. */
    private static int closeCode(RawClient client) throws IOException {
        assertEquals(0x88, client.read());
        byte[] payload = client.exactly(client.read());
        return (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF);
    }

    private void assertCloses(int code, byte[] bytes) throws Exception {
        try (RawClient client = handshake()) {
            client.send(bytes);
            assertEquals(code, closeCode(client));
            client.send(frame(0x88, new byte[] {3, (byte) 0xE8}));
            assertTrue(client.closedByServer());
        }
        assertEquals(502, tunnel.get("/").statusCode());
    }

    @ParameterizedTest
    @CsvSource({
        "1007, 81, garbage",
        "1007, 81, []",
        "1007, 81, ''",
        "1007, 81, '{\"type\":'",
        "1007, 81, '\"text\"'",
        "1003, 82, '{}'",
        "1002, 80, continuation",
        "1002, 83, reserved",
        "1002, C1, rsv",
        "1002, 09, 'a ping in fragments'",
    })
    void messagesThatAreNone(int code, String first, String payload) throws Exception {
        assertCloses(code, frame(Integer.parseInt(first, 16), payload));
    }

    @Test
    void textThatIsNotUtf8() throws Exception {
        assertCloses(1007, frame(0x81, new byte[] {'"', (byte) 0xC3, '"'}));
    }

    @Test
    void aFrameWithoutMask() throws Exception {
        assertCloses(1002, new byte[] {(byte) 0x81, 2, '{', '}'});
    }

    @Test
    void aFrameOfGiantLength() throws Exception {
        byte[] most = {(byte) 0x81, (byte) 0xFF, 0x7F, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0};
        assertCloses(1009, most);
        byte[] negative = most.clone();
        negative[2] = -1;
        assertCloses(1002, negative);
    }

    @Test
    void anAgentThatDoesNotBeginBinaryModeIsClosed() throws Exception {
        try (RawClient client = handshake("Sec-WebSocket-Protocol: cloudtunnel.v1")) {
            assertNoHello(client);
        }
    }

    private static void assertNoHello(RawClient client) throws IOException {
        int first = client.read();
        while (first == 0x82) { // what the server says of itself
            int length = client.read();
            client.exactly(length < 126 ? length : client.read() << 8 | client.read());
            first = client.read();
        }
        assertEquals(0x88, first);
        byte[] close = client.exactly(client.read());
        assertEquals(4000, (close[0] & 0xFF) << 8 | (close[1] & 0xFF));
        assertEquals("no-hello", new String(close, 2, close.length - 2, StandardCharsets.UTF_8));
    }

    /** In JSON mode nobody says hello, and one that leaves keeps its time for open answers. */
    @Test
    void whoWasReplacedIsNotTakenForOneThatDoesNotSayHello() throws Exception {
        JdkAgent replaced = tunnel.agent();
        try (RawClient client = tunnel.raw()) {
            client.request("POST", tunnel.path("/"), "Content-Length: 5").send("hello");
            JsonNode open = replaced.next();
            JdkAgent newer = tunnel.agent();
            try (RawClient mute = handshake("Sec-WebSocket-Protocol: cloudtunnel.v1")) {
                assertNoHello(mute); // so the time for a hello of those before it is over, too
            }
            assertFalse(replaced.isClosed());
            replaced.answer(open, 201, "{}", new byte[0]);
            assertEquals(201, client.answer().status());
            assertEquals(4001, replaced.awaitClose().code());
            assertFalse(newer.isClosed());
        }
    }

    @Test
    void aControlFrameThatIsTooLong() throws Exception {
        assertCloses(1002, frame(0x89, new byte[126]));
    }

    @Test
    void anAgentThatDoesNotAnswerTheCloseFrameIsCut() throws Exception {
        try (RawClient client = handshake()) {
            client.send(frame(0x81, "garbage"));
            assertEquals(1007, closeCode(client));
            assertTrue(client.closedByServer());
        }
        other.agent().close();
        assertTrue(tunnel.server.links().awaitEmpty(Duration.ofSeconds(10)));
        other = tunnel.other(request -> request.answer(200, request.body()));
    }

    @Test
    void openRequestsOfItsLinkFail() throws Exception {
        try (RawClient agent = handshake();
                RawClient client = tunnel.raw()) {
            client.request("POST", tunnel.path("/"), "Content-Length: 5").send("hello");
            assertEquals(0x81, agent.read());
            agent.send(frame(0x81, "garbage"));
            RawClient.Answer answer = client.answer();
            assertEquals(502, answer.status());
            assertEquals("agent-answer-malformed", answer.first("Cloudtunnel-Error"));
        }
    }

    @Test
    void pingsAreAnswered() throws Exception {
        try (RawClient agent = handshake()) {
            agent.send(frame(0x89, "are you there"));
            assertEquals(0x8A, agent.read());
            assertEquals(
                    "are you there",
                    new String(agent.exactly(agent.read()), StandardCharsets.UTF_8));
        }
    }

    @Test
    void aCloseFrameIsAnswered() throws Exception {
        try (RawClient agent = handshake()) {
            agent.send(frame(0x88, new byte[] {3, (byte) 0xE8}));
            assertEquals(1000, closeCode(agent));
            assertTrue(agent.closedByServer());
        }
    }
}
