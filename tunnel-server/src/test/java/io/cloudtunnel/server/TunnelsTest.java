package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.server.relay.Eventually;
import io.cloudtunnel.server.relay.MemoryEngine;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code /tunnels/{id}}, of one server and of two that share a store. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TunnelsTest {

    private static final String KEY = "k:" + "0123456789abcdef".repeat(4);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int REVOKED = 4002;

    private final MemoryEngine memory = new MemoryEngine();

    private TunnelLife life = TunnelLife.DEFAULT.withRotateGrace(Duration.ofSeconds(2));

    private Tunnel instance() throws Exception {
        Tunnel started =
                Tunnel.start(builder -> builder.tunnelKey(KEY).life(life).engine(memory::engine));
        RelayTest.awaitReady(started.port());
        return started;
    }

    private static HttpResponse<String> call(Tunnel at, String method, String path, String secret)
            throws Exception {
        return at.client.send(
                HttpRequest.newBuilder(at.at("/tunnels/" + path))
                        .method(method, BodyPublishers.noBody())
                        .header("Authorization", "Bearer " + secret)
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                BodyHandlers.ofString());
    }

    private static String error(HttpResponse<?> answer) {
        return answer.headers().firstValue("Cloudtunnel-Error").orElse("");
    }

    /** Whether a link is let in. */
    private static int handshake(Tunnel at, String id, String secret) throws Exception {
        try (RawClient client = at.raw()) {
            return client.request(
                            "GET",
                            "/ws",
                            "Connection: Upgrade",
                            "Upgrade: websocket",
                            "Sec-WebSocket-Version: 13",
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                            "X-Tunnel-Id: " + id,
                            "Authorization: Bearer " + secret)
                    .answer()
                    .status();
        }
    }

    private static void ok(JdkAgent.Request request) {
        request.answer(200, new byte[0]);
    }

    @Test
    void withoutAStoreNothingIsDeletedOrRotated() throws Exception {
        try (Tunnel alone = Tunnel.start()) {
            for (String[] each :
                    new String[][] {{"DELETE", alone.id}, {"POST", alone.id + "/rotate"}}) {
                HttpResponse<String> answer = call(alone, each[0], each[1], alone.secret);
                assertEquals(501, answer.statusCode());
                assertEquals("no-store", error(answer));
                assertTrue(answer.body().contains("REDIS_URL or STATE_FILE"), answer.body());
            }
            assertEquals(101, handshake(alone, alone.id, alone.secret));
        }
    }

    @Test
    void aStateFileOutlivesARestart(@TempDir Path folder) throws Exception {
        TunnelLife kept = TunnelLife.DEFAULT.withStateFile(folder.resolve("state"));
        String deleted;
        String deletedSecret;
        String rotated;
        String old;
        String fresh;
        try (Tunnel first = Tunnel.start(b -> b.tunnelKey(KEY).life(kept))) {
            deleted = first.id;
            deletedSecret = first.secret;
            assertEquals(204, call(first, "DELETE", deleted, deletedSecret).statusCode());
            JsonNode other = first.register();
            rotated = other.path("id").asText();
            old = other.path("secret").asText();
            HttpResponse<String> answer = call(first, "POST", rotated + "/rotate?grace=0", old);
            fresh = JSON.readTree(answer.body()).path("secret").asText();
        }
        try (Tunnel again = Tunnel.start(b -> b.tunnelKey(KEY).life(kept))) {
            assertEquals(401, handshake(again, deleted, deletedSecret));
            assertEquals(401, handshake(again, rotated, old));
            assertEquals(101, handshake(again, rotated, fresh));
            assertNotEquals(deleted, registerAgain(again, deleted, deletedSecret));
            IllegalStateException e =
                    assertThrows(
                            IllegalStateException.class,
                            () -> Tunnel.start(b -> b.tunnelKey(KEY).life(kept)));
            assertTrue(String.valueOf(e.getMessage()).contains("STATE_FILE"), e.getMessage());
        }
    }

    @Test
    void onlyTheSecretOfTheTunnelOpensIt() throws Exception {
        try (Tunnel one = instance()) {
            String other = one.register().path("secret").asText();
            for (String secret : new String[] {"", other, one.secret + "A", "x"}) {
                for (String method : new String[] {"GET", "DELETE"}) {
                    HttpResponse<String> answer = call(one, method, one.id, secret);
                    assertEquals(401, answer.statusCode());
                    assertEquals("bad-credentials", error(answer));
                }
            }
            assertEquals(200, call(one, "GET", one.id, one.secret).statusCode());
        }
    }

    @Test
    void aTunnelThatNobodyUsesExpiresAndOneThatIsUsedDoesNot() throws Exception {
        life = life.withExpiry(Duration.ofSeconds(3));
        try (Tunnel one = instance();
                Tunnel two = instance()) {
            JsonNode idle = one.register();
            String idleId = idle.path("id").asText();
            String idleSecret = idle.path("secret").asText();
            assertEquals(101, handshake(two, idleId, idleSecret)); // the last use of it
            long began = System.nanoTime();
            try (BinaryAgent agent = new BinaryAgent(one, "a", false)) {
                Eventually.holds(
                        "the idle tunnel is over",
                        () -> call(two, "GET", idleId, idleSecret).statusCode() == 401);
                assertTrue(System.nanoTime() - began > TimeUnit.MILLISECONDS.toNanos(2900));
                assertEquals(401, handshake(one, idleId, idleSecret));
                assertEquals(101, handshake(two, one.id, one.secret));
                assertTrue(agent.isIdle());
            }
        }
    }

    @Test
    void aTunnelSaysHowItIs() throws Exception {
        try (Tunnel one = instance();
                Tunnel two = instance();
                BinaryAgent first = new BinaryAgent(one, "a", false);
                BinaryAgent second = new BinaryAgent(one, "a", false)) {
            HttpResponse<String> answer = call(one, "GET", one.id, one.secret);
            assertFalse(answer.body().contains(one.secret.substring(60)), answer.body());
            JsonNode here = JSON.readTree(answer.body());
            assertEquals(2, here.path("links").asInt(), answer.body());
            assertEquals(1, here.path("agents").asInt());
            assertFalse(here.path("exclusive").asBoolean(true));
            assertEquals(0, here.path("generation").asInt(-1));
            assertEquals(one.publicUrl, here.path("public_url").asText());
            JsonNode there = JSON.readTree(call(two, "GET", one.id, one.secret).body());
            assertEquals(0, there.path("links").asInt(-1));
            assertTrue(there.path("reachable").asBoolean());
            assertTrue(first.isIdle() && second.isIdle());
        }
    }

    @Test
    void whatIsDeletedEndsOnEveryInstance() throws Exception {
        try (Tunnel one = instance();
                Tunnel two = instance()) {
            JdkAgent here = one.agent(TunnelsTest::ok);
            JdkAgent there =
                    JdkAgent.connect(two.client, two.port(), one.id, one.secret, TunnelsTest::ok);
            JdkAgent untouched = two.agent(TunnelsTest::ok);
            long began = System.nanoTime();
            assertEquals(204, call(one, "DELETE", one.id, one.secret).statusCode());
            assertEquals(REVOKED, here.awaitClose().code());
            assertEquals(REVOKED, there.awaitClose().code());
            assertTrue(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(5));
            for (Tunnel each : new Tunnel[] {one, two}) {
                assertEquals(401, handshake(each, one.id, one.secret));
                assertEquals(401, call(each, "GET", one.id, one.secret).statusCode());
                assertNotEquals(one.id, registerAgain(each, one.id, one.secret));
            }
            assertEquals(200, two.get("/").statusCode());
            untouched.close();
            try (Tunnel later = instance()) {
                assertEquals(401, handshake(later, one.id, one.secret));
            }
        }
    }

    private static String registerAgain(Tunnel at, String id, String secret) throws Exception {
        String old = JSON.createObjectNode().put("id", id).put("secret", secret).toString();
        HttpResponse<String> answer =
                at.client.send(
                        HttpRequest.newBuilder(at.at("/register"))
                                .POST(BodyPublishers.ofString(old))
                                .build(),
                        BodyHandlers.ofString());
        return JSON.readTree(answer.body()).path("id").asText();
    }

    @Test
    void aSecretThatWasRotatedAwayServesForItsGrace() throws Exception {
        try (Tunnel one = instance();
                Tunnel two = instance()) {
            JdkAgent agent =
                    JdkAgent.connect(two.client, two.port(), one.id, one.secret, TunnelsTest::ok);
            long began = System.nanoTime();
            HttpResponse<String> answer = call(one, "POST", one.id + "/rotate", one.secret);
            assertEquals(200, answer.statusCode(), answer.body());
            JsonNode pair = JSON.readTree(answer.body());
            String secret = pair.path("secret").asText();
            assertEquals(one.id, pair.path("id").asText());
            assertEquals(1, pair.path("generation").asInt());
            assertEquals(200, call(two, "GET", one.id, one.secret).statusCode());
            assertEquals(200, call(two, "GET", one.id, secret).statusCode());
            assertEquals(REVOKED, agent.awaitClose().code());
            long took = System.nanoTime() - began;
            assertTrue(took > TimeUnit.MILLISECONDS.toNanos(1990), "not before the grace was over");
            assertTrue(took < TimeUnit.SECONDS.toNanos(7), "and not long after");
            for (Tunnel each : new Tunnel[] {one, two}) {
                assertEquals(401, handshake(each, one.id, one.secret));
                assertEquals(101, handshake(each, one.id, secret));
                assertNotEquals(one.id, registerAgain(each, one.id, one.secret));
                assertEquals(one.id, registerAgain(each, one.id, secret));
            }
            String now = one.id + "/rotate?grace=0";
            assertEquals(400, call(one, "POST", one.id + "/rotate?grace=3", secret).statusCode());
            assertEquals(200, call(one, "POST", now, secret).statusCode());
            assertEquals(401, handshake(one, one.id, secret), "at once");
        }
    }

    @Test
    void whatIsOpenAtTheEndOfAGraceIsAnswered() throws Exception {
        try (Tunnel one = instance();
                Tunnel two = instance();
                BinaryAgent agent = new BinaryAgent(two, one, "a", false)) {
            assertEquals(200, call(one, "POST", one.id + "/rotate", one.secret).statusCode());
            try (RawClient client = two.raw()) {
                client.request("POST", "/pub/" + one.id + "/", "Content-Length: 0");
                int stream = agent.next(Frame.Req.class).stream();
                assertEquals(Reason.REVOKED, agent.next(Frame.Leaving.class).reason());
                assertEquals(401, handshake(two, one.id, one.secret));
                agent.answer(stream, 204);
                assertEquals(204, client.answer().status());
            }
            assertEquals(REVOKED, agent.awaitClose().code());
        }
    }

    /** What is known stays so; what is not counts, until the store can be asked. */
    @Test
    void withoutTheStoreWhatWasSeenRevokedStaysSo() throws Exception {
        try (Tunnel one = instance();
                Tunnel two = instance()) {
            JsonNode other = one.register();
            assertEquals(204, call(one, "DELETE", one.id, one.secret).statusCode());
            assertEquals(401, handshake(two, one.id, one.secret));
            memory.down(true);
            assertEquals(401, handshake(one, one.id, one.secret));
            assertEquals(401, handshake(two, one.id, one.secret));
            String id = other.path("id").asText();
            String secret = other.path("secret").asText();
            assertEquals(101, handshake(two, id, secret));
            HttpResponse<String> answer = call(one, "DELETE", id, secret);
            assertEquals(503, answer.statusCode());
            assertEquals("broker-unavailable", error(answer));
            try (Tunnel late = Tunnel.start(b -> b.tunnelKey(KEY).engine(memory::engine))) {
                JdkAgent letIn =
                        JdkAgent.connect(
                                late.client, late.port(), one.id, one.secret, TunnelsTest::ok);
                memory.loseSecrets(); // and those who know enter them again
                memory.down(false);
                assertEquals(REVOKED, letIn.awaitClose().code());
            }
        }
    }
}
