package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.protocol.frame.Limits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers that the server gives for itself, with small limits. */
class FailuresTest {

    private static final byte[] OK = "ok".getBytes(StandardCharsets.US_ASCII);
    private static final int BODY_LIMIT = 10_000;

    private Tunnel tunnel;

    @BeforeEach
    void start() throws Exception {
        Limits limits =
                Limits.DEFAULT.toBuilder()
                        .responseTimeout(Duration.ofMillis(1500))
                        .jsonBodyBytes(BODY_LIMIT)
                        .build();
        tunnel = Tunnel.start(b -> b.limits(limits));
    }

    @AfterEach
    void stop() {
        tunnel.close();
    }

    private RawClient.Answer get(String target, String... lines) throws Exception {
        try (RawClient client = tunnel.raw()) {
            return client.request("GET", target, lines).answer();
        }
    }

    private static void assertError(int status, String code, String text, RawClient.Answer answer) {
        assertEquals(status, answer.status(), answer.text());
        assertEquals(code, answer.first("Cloudtunnel-Error"));
        assertFalse(answer.first("X-Request-Id").isEmpty());
        assertTrue(answer.text().startsWith(text), answer.text());
        assertEquals(status == 503, !answer.first("Retry-After").isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/",
                "short",
                "",
                "/",
                "%00/",
                "a.b/",
                "a%2Fb/",
                "../health/live"
            })
    void anUnknownTunnel(String path) throws Exception {
        assertError(404, "unknown-tunnel", "unknown tunnel", get("/pub/" + path));
    }

    @Test
    void anIdHasItsCase() throws Exception {
        JdkAgent agent = tunnel.agent();
        String upper = "/pub/" + tunnel.id.toUpperCase(java.util.Locale.ROOT) + "/";
        assertEquals(404, get(upper).status());
        assertEquals(
                404,
                get("/pub/%"
                                + Integer.toHexString(tunnel.id.charAt(0))
                                + tunnel.id.substring(1)
                                + "/")
                        .status());
        assertEquals(0, agent.waiting());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/..",
                "/../B/",
                "/%2e%2e/B",
                "/.%2E/",
                "/..%2fB",
                "/..%5cB",
                "/a/../..",
                "/..;x/B"
            })
    void pathsThatClimbOut(String rest) throws Exception {
        JdkAgent agent = tunnel.agent();
        assertError(400, "bad-request", "bad request: its dot segments", get(tunnel.path(rest)));
        assertEquals(0, agent.waiting());
    }

    @Test
    void noTunnelIsReachedThroughAnother() throws Exception {
        JdkAgent agent = tunnel.agent();
        String other = tunnel.register().path("id").asText();
        assertEquals(400, get("/pub/" + other + "/../" + tunnel.id + "/x").status());
        assertEquals(400, get("/pub/" + other + "/%2e%2e/" + tunnel.id + "/x").status());
        assertEquals(404, get("/x/../pub/" + tunnel.id + "/x").status());
        assertEquals(404, get("/%70ub/" + tunnel.id + "/x").status());
        assertEquals(0, agent.waiting());
    }

    @Test
    void anAgentThatIsNotConnected() throws Exception {
        assertError(502, "agent-not-connected", "agent not connected", get(tunnel.path("/")));
        JdkAgent agent = tunnel.agent();
        agent.cut();
        assertTrue(tunnel.server.links().awaitEmpty(Duration.ofSeconds(10)));
        assertError(502, "agent-not-connected", "agent not connected", get(tunnel.path("/")));
    }

    @Test
    void errorsInJsonForThoseWhoAsk() throws Exception {
        RawClient.Answer answer =
                get(tunnel.path("/"), "Accept: application/json", "X-Request-Id: my-request-1");
        assertEquals("application/json", answer.first("Content-Type"));
        JsonNode json = new ObjectMapper().readTree(answer.text());
        assertEquals("agent-not-connected", json.path("error").asText());
        assertEquals("agent not connected", json.path("message").asText());
        assertEquals("my-request-1", json.path("request_id").asText());
        assertEquals("my-request-1", answer.first("X-Request-Id"));
    }

    @Test
    void errorsToHeadHaveNoBody() throws Exception {
        try (RawClient client = tunnel.raw()) {
            RawClient.Answer answer = client.request("HEAD", tunnel.path("/")).answer(false);
            assertEquals(502, answer.status());
            assertEquals(502, client.request("GET", tunnel.path("/")).answer().status());
        }
    }

    @Test
    void anAgentThatIsTooSlow() throws Exception {
        JdkAgent agent = tunnel.agent();
        assertError(504, "agent-timeout", "timeout waiting agent", get(tunnel.path("/")));
        agent.answer(agent.next(), 200, "{}", OK); // too late, and no harm
        try (RawClient client = tunnel.raw()) {
            client.request("GET", tunnel.path("/"));
            agent.answer(agent.next(), 200, "{}", OK);
            assertEquals(200, client.answer().status());
        }
    }

    @ParameterizedTest
    @CsvSource({"10000, 200", "10001, 413", "100000000000, 413"})
    void aBodyOverTheLimitByItsAnnouncedLength(long length, int status) throws Exception {
        JdkAgent agent = tunnel.agent(request -> request.answer(200, OK));
        try (RawClient client = tunnel.raw()) {
            client.request("POST", tunnel.path("/"), "Content-Length: " + length);
            client.send(new byte[BODY_LIMIT]);
            RawClient.Answer answer = client.answer();
            assertEquals(status, answer.status(), answer.text());
            if (status == 413) {
                assertError(413, "body-too-large", "the request body is too large", answer);
            }
        }
        assertFalse(agent.isClosed());
    }

    @Test
    void aBodyOverTheLimitInChunks() throws Exception {
        JdkAgent agent = tunnel.agent();
        try (RawClient client = tunnel.raw()) {
            client.request("POST", tunnel.path("/"), "Transfer-Encoding: chunked");
            String chunk = "3e8\r\n" + "x".repeat(1000) + "\r\n";
            client.send(chunk.repeat(11) + "0\r\n\r\n");
            assertEquals(413, client.answer().status());
            assertEquals(0, agent.waiting());
        }
    }

    @Test
    void anAnswerOverTheLimit() throws Exception {
        tunnel.agent(request -> request.answer(200, new byte[BODY_LIMIT + 1]));
        RawClient.Answer answer = get(tunnel.path("/"));
        assertError(502, "answer-too-large", "the answer is too large", answer);
    }

    @Test
    void anAgentThatIsCutAfterTheRequest() throws Exception {
        JdkAgent agent = tunnel.agent();
        try (RawClient client = tunnel.raw()) {
            client.request("POST", tunnel.path("/"), "Content-Length: 0");
            assertEquals("POST", agent.next().path("method").asText());
            agent.cut();
            assertError(502, "outcome-unknown", "outcome unknown", client.answer());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "other/1"})
    void anUpgradeCannotBeCarried(String protocol) throws Exception {
        JdkAgent agent = tunnel.agent();
        RawClient.Answer answer =
                get(
                        tunnel.path("/"),
                        "Connection: Upgrade",
                        "Upgrade: " + protocol,
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        assertError(501, "upgrade-not-carried", "this link cannot carry an upgrade", answer);
        assertEquals(0, agent.waiting());
    }

    @Test
    void aHeadOverTheLimit() throws Exception {
        JdkAgent agent = tunnel.agent();
        String big = "X-Big: " + "x".repeat(66_000);
        RawClient.Answer answer = get(tunnel.path("/"), big);
        assertError(431, "head-too-large", "the request head is too large", answer);
        assertEquals(0, agent.waiting());
    }

    @Test
    void moreRequestsThanALinkMayHave() throws Exception {
        RawClient[] clients = new RawClient[Limits.DEFAULT.streams()];
        Limits patient = Limits.DEFAULT.toBuilder().responseTimeout(Duration.ofMinutes(5)).build();
        try (Tunnel full = Tunnel.start(b -> b.limits(patient))) {
            JdkAgent agent = full.agent();
            for (int i = 0; i < clients.length; i++) {
                clients[i] = full.raw().request("GET", full.path("/" + i));
            }
            for (int i = 0; i < clients.length; i++) {
                agent.next();
            }
            try (RawClient oneMore = full.raw()) {
                RawClient.Answer answer = oneMore.request("GET", full.path("/x")).answer();
                assertError(503, "too-many-streams", "too many requests", answer);
            }
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void theMemoryBudgetIsHeld() throws Exception {
        try (Tunnel small = Tunnel.start(b -> b.memoryBudget(1 << 20));
                RawClient client = small.raw()) {
            JdkAgent agent = small.agent();
            client.request("POST", small.path("/"), "Content-Length: 1000000");
            client.send(new byte[1_000_000]);
            assertError(503, "out-of-budget", "out of memory", client.answer());
            assertEquals(0, agent.waiting());
        }
    }
}
