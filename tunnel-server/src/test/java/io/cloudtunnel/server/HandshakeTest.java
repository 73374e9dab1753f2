package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The opening handshake at {@code /ws}, byte by byte. */
class HandshakeTest {

    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private Tunnel tunnel;

    @BeforeEach
    void start() throws Exception {
        tunnel = Tunnel.start(b -> b.maxLinks(2));
    }

    @AfterEach
    void stop() throws Exception {
        tunnel.close();
    }

    private static String[] handshake(String... more) {
        String[] lines = new String[4 + more.length];
        lines[0] = "Connection: Upgrade";
        lines[1] = "Upgrade: websocket";
        lines[2] = "Sec-WebSocket-Version: 13";
        lines[3] = "Sec-WebSocket-Key: " + KEY;
        System.arraycopy(more, 0, lines, 4, more.length);
        return lines;
    }

    private String query(String id, String secret) {
        return "/ws?id=" + id + "&secret=" + secret;
    }

    private RawClient.Answer ask(String method, String target, String... lines) throws IOException {
        try (RawClient client = tunnel.raw()) {
            return client.request(method, target, lines).answer();
        }
    }

    private void assertOpens(String target, String... lines) throws Exception {
        RawClient.Answer answer = ask("GET", target, lines);
        assertEquals(101, answer.status(), answer.text());
        byte[] sha1 =
                MessageDigest.getInstance("SHA-1")
                        .digest(
                                (KEY + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                                        .getBytes(StandardCharsets.US_ASCII));
        assertEquals(
                Base64.getEncoder().encodeToString(sha1), answer.first("Sec-WebSocket-Accept"));
        assertTrue(answer.first("Cloudtunnel-Instance").matches("[A-Za-z0-9_-]{1,64}"));
        assertTrue(answer.first("Cloudtunnel-Started").matches("\\d{13}"));
        assertEquals("0", answer.first("Cloudtunnel-Link-Lifetime"));
        assertEquals("", answer.first("Sec-WebSocket-Protocol"));
        assertEquals("", answer.first("Sec-WebSocket-Extensions"));
    }

    @Test
    void opensWithCredentialsInTheQuery() throws Exception {
        assertOpens(query(tunnel.id, tunnel.secret), handshake());
        assertOpens("/ws?x=1&secret=" + tunnel.secret + "&id=%" + hex(tunnel.id), handshake());
    }

    private static String hex(String id) {
        return Integer.toHexString(id.charAt(0)) + id.substring(1);
    }

    @Test
    void opensWithCredentialsInHeaders() throws Exception {
        assertOpens(
                "/ws",
                handshake("X-Tunnel-Id: " + tunnel.id, "Authorization: Bearer " + tunnel.secret));
        assertOpens(
                "/ws?id=x&secret=y",
                handshake("x-tunnel-id: " + tunnel.id, "authorization: bearer " + tunnel.secret));
    }

    @Test
    void offersOfTheClientAreNotEchoed() throws Exception {
        assertOpens(
                query(tunnel.id, tunnel.secret),
                handshake(
                        "Sec-WebSocket-Protocol: cloudtunnel.v2, chat",
                        "Sec-WebSocket-Extensions: permessage-deflate"));
    }

    @Test
    void binaryModeIsAgreedToWhereItIsOffered() throws Exception {
        try (RawClient client = tunnel.raw()) {
            client.request(
                    "GET",
                    query(tunnel.id, tunnel.secret),
                    handshake("Sec-WebSocket-Protocol: chat, cloudtunnel.v1"));
            RawClient.Answer answer = client.answer();
            assertEquals(101, answer.status());
            assertEquals("cloudtunnel.v1", answer.first("Sec-WebSocket-Protocol"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"WebSocket", "Websocket", "WEBSOCKET"})
    void theNameOfTheProtocolHasNoCase(String name) throws Exception {
        assertOpens(
                query(tunnel.id, tunnel.secret),
                "connection: keep-alive, upgrade",
                "upgrade: " + name,
                "sec-websocket-version: 13",
                "sec-websocket-key: " + KEY);
    }

    private void assertUnauthorized(String target, String... lines) throws IOException {
        try (RawClient client = tunnel.raw()) {
            RawClient.Answer answer = client.request("GET", target, lines).answer();
            assertEquals(401, answer.status(), target);
            assertEquals("bad-credentials", answer.first("Cloudtunnel-Error"));
            assertFalse(answer.first("X-Request-Id").isEmpty());
            assertTrue(client.closedByServer());
        }
    }

    @Test
    void wrongCredentialsAreRefusedBeforeThe101() throws Exception {
        var other = tunnel.register();
        String otherId = other.path("id").asText();
        assertUnauthorized("/ws", handshake());
        assertUnauthorized("/ws?id=" + tunnel.id, handshake());
        assertUnauthorized("/ws?secret=" + tunnel.secret, handshake());
        assertUnauthorized(query(tunnel.id, "x"), handshake());
        assertUnauthorized(query(tunnel.id, ""), handshake());
        assertUnauthorized(query(tunnel.id, tunnel.secret + "A"), handshake());
        assertUnauthorized(query(tunnel.id, tunnel.secret.replace(".0.-.", ".9.-.")), handshake());
        assertUnauthorized(query(otherId, tunnel.secret), handshake());
        assertUnauthorized(query(tunnel.id, other.path("secret").asText()), handshake());
        assertUnauthorized(query("a".repeat(32), tunnel.secret), handshake());
        assertUnauthorized(query("%00", "%ff%0d%0a"), handshake());
        assertUnauthorized(query(tunnel.id, "x".repeat(4000)), handshake());
    }

    @Test
    void whereThereIsATunnelIdTheQueryIsNotLookedAt() throws Exception {
        String right = query(tunnel.id, tunnel.secret);
        assertUnauthorized(right, handshake("X-Tunnel-Id: " + tunnel.id));
        assertUnauthorized(
                right, handshake("X-Tunnel-Id: " + tunnel.id, "Authorization: Bearer x"));
    }

    /** All of an answer that is not another one each time. */
    private static String look(RawClient.Answer answer) {
        List<String> lines =
                answer.lines().stream()
                        .filter(line -> !line.startsWith("Date:"))
                        .filter(line -> !line.startsWith("X-Request-Id:"))
                        .toList();
        return answer.status() + " " + lines + " " + answer.text();
    }

    @Test
    void allRefusedCredentialsLookTheSame() throws Exception {
        assertEquals(
                look(ask("GET", query(tunnel.id, "x"), handshake())),
                look(ask("GET", query("a".repeat(32), tunnel.secret), handshake())));
    }

    @Test
    void aRefusalSaysWhy() throws Exception {
        RawClient.Answer answer = ask("GET", query(tunnel.id, "x"), handshake());
        assertEquals(401, answer.status());
        assertTrue(answer.text().contains("id and secret of a tunnel"), answer.text());
        assertEquals("close", answer.first("Connection"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT"})
    void withoutAnUpgradeTheAnswerIs426(String method) throws Exception {
        RawClient.Answer answer = ask(method, query(tunnel.id, tunnel.secret), "Content-Length: 0");
        assertEquals(426, answer.status());
        assertEquals("upgrade-required", answer.first("Cloudtunnel-Error"));
        assertEquals("websocket", answer.first("Upgrade"));
        assertFalse(answer.first("X-Request-Id").isEmpty());
    }

    @Test
    void aHandshakeHasToBeComplete() throws Exception {
        String target = query(tunnel.id, tunnel.secret);
        String[][] bad = {
            {"Sec-WebSocket-Version: 12", "Sec-WebSocket-Key: " + KEY},
            {"Sec-WebSocket-Key: " + KEY},
            {"Sec-WebSocket-Version: 13"},
            {"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: short"},
            {"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + KEY + KEY}
        };
        for (String[] lines : bad) {
            RawClient.Answer answer =
                    ask(
                            "GET",
                            target,
                            "Connection: Upgrade",
                            "Upgrade: websocket",
                            String.join("\r\n", lines));
            assertEquals(400, answer.status(), String.join(", ", lines));
            assertEquals("bad-request", answer.first("Cloudtunnel-Error"));
        }
    }

    @Test
    void linksOverTheLimitAreRefusedUntilOneLeaves() throws Exception {
        var other = tunnel.register();
        JdkAgent first = tunnel.agent();
        JdkAgent second =
                JdkAgent.connect(
                        tunnel.client,
                        tunnel.port(),
                        other.path("id").asText(),
                        other.path("secret").asText());
        RawClient.Answer answer = ask("GET", query(tunnel.id, tunnel.secret), handshake());
        assertEquals(503, answer.status());
        assertEquals("too-many-links", answer.first("Cloudtunnel-Error"));
        assertEquals("20", answer.first("Retry-After"));
        assertFalse(first.isClosed());
        first.cut();
        second.cut();
        assertTrue(tunnel.server.links().awaitEmpty(Duration.ofSeconds(10)));
        assertOpens(query(tunnel.id, tunnel.secret), handshake());
    }

    @Test
    void refusedHandshakesKeepNoPlace() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertUnauthorized(query(tunnel.id, "x"), handshake());
        }
        assertTrue(tunnel.server.links().awaitEmpty(Duration.ZERO));
    }
}
