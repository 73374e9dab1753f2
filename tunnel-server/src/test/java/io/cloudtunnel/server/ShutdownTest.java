package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What {@code close()} does while there is work to do. */
class ShutdownTest {

    private static final byte[] OK = "ok".getBytes(StandardCharsets.US_ASCII);

    private static int status(Tunnel tunnel, String method, String target) throws IOException {
        try (RawClient client = tunnel.raw()) {
            return client.request(method, target, "Content-Length: 0").answer().status();
        }
    }

    /** Returns once the server says that it is leaving; each look is an answer of the server's. */
    private static void awaitDraining(Tunnel tunnel) throws IOException {
        long began = System.nanoTime();
        while (status(tunnel, "GET", "/health/ready") != 503) {
            assertTrue(System.nanoTime() - began < 5_000_000_000L, "the server is not leaving");
            Thread.onSpinWait();
        }
    }

    @Test
    void openRequestsEndAndNewOnesAreRefused() throws Exception {
        try (Tunnel tunnel = Tunnel.start();
                RawClient client = tunnel.raw()) {
            JdkAgent agent = tunnel.agent();
            client.request("GET", tunnel.path("/"));
            JsonNode open = agent.next();
            long began = System.nanoTime();
            Thread closing = Thread.ofVirtual().start(tunnel.server::close);
            awaitDraining(tunnel);
            assertEquals(200, status(tunnel, "GET", "/health/live"));
            try (RawClient late = tunnel.raw()) {
                RawClient.Answer answer = late.request("GET", tunnel.path("/late")).answer();
                assertEquals(503, answer.status());
                assertEquals("draining", answer.first("Cloudtunnel-Error"));
                assertFalse(answer.first("Retry-After").isEmpty());
                assertTrue(answer.text().startsWith("shutting down"), answer.text());
            }
            try (RawClient late = tunnel.raw()) {
                RawClient.Answer answer =
                        late.request("POST", "/register", "Content-Length: 0").answer();
                assertEquals(503, answer.status());
                assertEquals("draining", answer.first("Cloudtunnel-Error"));
            }
            try (RawClient late = tunnel.raw()) {
                late.request(
                        "GET",
                        "/ws?id=" + tunnel.id + "&secret=" + tunnel.secret,
                        "Connection: Upgrade",
                        "Upgrade: websocket",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
                RawClient.Answer answer = late.answer();
                assertEquals(503, answer.status());
                assertEquals("draining", answer.first("Cloudtunnel-Error"));
            }
            assertEquals(0, agent.waiting());
            assertFalse(agent.isClosed());
            agent.answer(open, 200, "{}", OK);
            assertEquals("ok", client.answer().text());
            assertEquals(1001, agent.awaitClose().code());
            assertTrue(closing.join(Duration.ofSeconds(9)));
            assertTrue(System.nanoTime() - began < 9_000_000_000L);
        }
    }

    @Test
    void anAgentThatNeverAnswersDoesNotHoldItUp() throws Exception {
        try (Tunnel tunnel = Tunnel.start();
                RawClient client = tunnel.raw()) {
            client.timeout(12_000);
            JdkAgent agent = tunnel.agent();
            client.request("POST", tunnel.path("/"), "Content-Length: 0");
            agent.next();
            long began = System.nanoTime();
            tunnel.server.close();
            long millis = (System.nanoTime() - began) / 1_000_000;
            assertTrue(millis < 9_000, millis + " ms");
            assertTrue(millis > 7_000, millis + " ms");
            assertEquals(1001, agent.awaitClose().code());
            RawClient.Answer answer = client.answer();
            assertEquals(502, answer.status());
            assertEquals("outcome-unknown", answer.first("Cloudtunnel-Error"));
        }
    }

    @Test
    void whereRequestsStillComeTheyAreServedUntilNoneDoes() throws Exception {
        try (Tunnel tunnel = Tunnel.start();
                BinaryAgent agent = new BinaryAgent(tunnel, "a", false);
                RawClient client = tunnel.raw()) {
            client.request("GET", tunnel.path("/before"));
            agent.answer(agent.next(Frame.Req.class).stream(), 201);
            assertEquals(201, client.answer().status());
            Thread closing =
                    Thread.ofVirtual().start(() -> tunnel.server.leave(Duration.ofSeconds(1)));
            assertEquals(Reason.DRAINING, agent.next(Frame.Leaving.class).reason());
            client.request("POST", tunnel.path("/meanwhile"), "Content-Length: 0");
            agent.answer(agent.next(Frame.Req.class).stream(), 202);
            assertEquals(202, client.answer().status());
            long answered = System.nanoTime();
            assertEquals(1001, agent.awaitClose().code());
            assertTrue(System.nanoTime() - answered > 500_000_000L, "it was in a hurry");
            assertTrue(closing.join(Duration.ofSeconds(9)));
        }
    }

    @Test
    void nothingToDoIsDoneAtOnce() throws Exception {
        try (Tunnel tunnel = Tunnel.start()) {
            JdkAgent agent = tunnel.agent();
            long began = System.nanoTime();
            tunnel.server.close();
            tunnel.server.close();
            long millis = (System.nanoTime() - began) / 1_000_000;
            assertTrue(millis < 3_000, millis + " ms");
            assertEquals(1001, agent.awaitClose().code());
        }
    }
}
