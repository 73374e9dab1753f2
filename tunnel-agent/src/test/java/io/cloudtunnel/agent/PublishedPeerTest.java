package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.agent.fake.HelidonTunnel;
import io.cloudtunnel.agent.fake.ScriptedPeer;
import io.cloudtunnel.protocol.frame.Limits;
import io.helidon.websocket.WsSession;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that somebody else wrote to the published protocol works with this agent. */
class PublishedPeerTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

    @TempDir private Path directory;

    /** Answers with request line and body; its status is that of the path's number. */
    private static void echo(ScriptedPeer.Connection c) throws Exception {
        while (true) {
            String head = c.head();
            Matcher length = LENGTH.matcher(head);
            String body = length.find() ? c.bytes(Integer.parseInt(length.group(1))) : "";
            String answer = head.substring(0, head.indexOf('\r')) + "\n" + body;
            c.write(
                    "HTTP/1.1 200 OK\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: "
                            + answer.length()
                            + "\r\n\r\n"
                            + answer);
        }
    }

    private TunnelAgentBuilder builder(HelidonTunnel server, ScriptedPeer local) {
        return TunnelAgent.builder()
                .server(server.url())
                .local(local.url())
                .credentialsFile(directory.resolve("c.json"))
                .environment(Map.of());
    }

    private static String request(String id, String method, String path, String body) {
        return MAPPER.createObjectNode()
                .put("type", "req")
                .put("req_id", id)
                .put("method", method)
                .put("path", path)
                .put("query", "q=%7b")
                .put("body", Base64.getEncoder().encodeToString(latin1(body)))
                .put("later", true)
                .toString();
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String body(JsonNode answer) throws Exception {
        return new String(answer.path("body").binaryValue(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void requestsComeThroughInFragmentsToo() throws Exception {
        try (ScriptedPeer local = new ScriptedPeer(PublishedPeerTest::echo);
                HelidonTunnel server = new HelidonTunnel();
                TunnelAgent agent = builder(server, local).start()) {
            WsSession session = server.session();
            String message = request("r1", "PATCH", "/a%2Fb//c", "x\u00ff\u0000y");
            session.send(message.substring(0, 20), false);
            session.send(message.substring(20, 21), false);
            session.send(message.substring(21), true);
            JsonNode answer = MAPPER.readTree(server.answer());
            assertEquals("resp", answer.path("type").asText());
            assertEquals("r1", answer.path("req_id").asText());
            assertEquals(200, answer.path("status").asInt());
            assertEquals("[\"1\",\"2\"]", answer.path("headers").path("X-A").toString());
            assertEquals("PATCH /a%2Fb//c?q=%7b HTTP/1.1\nx\u00ff\u0000y", body(answer));
            session.send("{\"type\":\"news\"}", true);
            session.send(
                    "{\"type\":\"req\",\"req_id\":\"r2\",\"method\":\"GET\",\"path\":\"/\","
                            + "\"headers\":null,\"body\":null}",
                    true);
            assertEquals("GET / HTTP/1.1\n", body(MAPPER.readTree(server.answer())));
            assertTrue(agent.awaitConnected(Duration.ofSeconds(5)));
        }
    }

    @Test
    void manyAtATimeAreNotMixedUp() throws Exception {
        int many = 300;
        try (ScriptedPeer local = new ScriptedPeer(PublishedPeerTest::echo);
                HelidonTunnel server = new HelidonTunnel();
                TunnelAgent agent = builder(server, local).start()) {
            WsSession session = server.session();
            for (int i = 0; i < many; i++) {
                session.send(request("r" + i, "POST", "/" + i, "body " + i), true);
            }
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < many; i++) {
                JsonNode answer = MAPPER.readTree(server.answer());
                String number = answer.path("req_id").asText().substring(1);
                seen.add(number);
                assertEquals("POST /" + number + "?q=%7b HTTP/1.1\nbody " + number, body(answer));
            }
            assertEquals(many, seen.size());
            assertTrue(agent.awaitConnected(Duration.ofSeconds(5)));
        }
    }

    @Test
    void aServerThatAnswersNoPingIsNotCut() throws Exception {
        Limits limits =
                Limits.DEFAULT.toBuilder()
                        .pings(Duration.ofMillis(40), Duration.ofMillis(120))
                        .build();
        try (ScriptedPeer local = new ScriptedPeer(PublishedPeerTest::echo);
                HelidonTunnel server = new HelidonTunnel();
                TunnelAgent agent = builder(server, local).limits(limits).start()) {
            WsSession session = server.session();
            server.awaitPings(8); // idle for longer than the silence that would be allowed
            session.send(request("r1", "GET", "/", ""), true);
            assertEquals(200, MAPPER.readTree(server.answer()).path("status").asInt());
            assertFalse(server.hasAnotherSession());
            assertTrue(agent.awaitConnected(Duration.ofSeconds(5)));
        }
    }

    @Test
    void aLargeBodyGoesBothWays() throws Exception {
        String body = "0123456789abcdef".repeat(40_000); // base64 of it fits Helidon's frames
        try (ScriptedPeer local = new ScriptedPeer(PublishedPeerTest::echo);
                HelidonTunnel server = new HelidonTunnel();
                TunnelAgent agent = builder(server, local).start()) {
            WsSession session = server.session();
            session.send(request("r1", "PUT", "/", body), true);
            String got = body(MAPPER.readTree(server.answer()));
            assertEquals(body, got.substring(got.indexOf('\n') + 1));
            assertTrue(agent.awaitConnected(Duration.ofSeconds(5)));
        }
    }
}
