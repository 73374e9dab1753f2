package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several links of one tunnel, as agents and clients see them. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LinksTest {

    private static final byte[] OK = "ok".getBytes(StandardCharsets.US_ASCII);

    private Tunnel tunnel;

    @BeforeEach
    void start() throws Exception {
        tunnel = Tunnel.start();
    }

    @AfterEach
    void stop() {
        tunnel.close();
    }

    private BinaryAgent agent(String name) throws Exception {
        return new BinaryAgent(tunnel, name, false);
    }

    private static void assertError(String code, RawClient client) throws Exception {
        RawClient.Answer answer = client.answer();
        assertEquals(502, answer.status(), answer.text());
        assertEquals(code, answer.first("Cloudtunnel-Error"));
    }

    @Test
    void twoAgentsShareTheRequestsAndOneMayDie() throws Exception {
        try (BinaryAgent one = agent("a");
                BinaryAgent two = agent("b");
                RawClient first = tunnel.raw();
                RawClient second = tunnel.raw()) {
            first.request("POST", tunnel.path("/1"), "Content-Length: 0");
            Frame.Req atTwo = two.next(Frame.Req.class);
            second.request("POST", tunnel.path("/2"), "Content-Length: 0");
            Frame.Req atOne = one.next(Frame.Req.class);
            one.answer(atOne.stream(), 204);
            assertEquals(204, second.answer().status());
            one.cut();
            two.answer(atTwo.stream(), 204); // it has lost none of its own
            assertEquals(204, first.answer().status());
        }
    }

    @Test
    void aRequestThatGoAwayRefusesIsServedByTheOtherLink() throws Exception {
        try (BinaryAgent older = agent("a");
                BinaryAgent leaving = agent("a");
                RawClient client = tunnel.raw()) {
            client.request("POST", tunnel.path("/"), "Content-Length: 5").send("hello");
            assertEquals("POST", leaving.next(Frame.Req.class).head().method());
            leaving.send(new Frame.GoAway(0, Reason.DRAINING, ""));
            Frame.Req again = older.next(Frame.Req.class);
            assertEquals("hello", older.next(Frame.ReqChunk.class).data().utf8());
            older.answer(again.stream(), 201);
            assertEquals(201, client.answer().status());
            client.request("GET", tunnel.path("/next"));
            older.answer(older.next(Frame.Req.class).stream(), 202);
            assertEquals(202, client.answer().status());
            assertTrue(leaving.isIdle());
        }
    }

    @Test
    void aGetOfALostLinkIsSentAgainAndAPostIsNot() throws Exception {
        try (BinaryAgent older = agent("a");
                BinaryAgent lost = agent("a");
                RawClient get = tunnel.raw()) {
            get.request("GET", tunnel.path("/"));
            lost.next(Frame.Req.class);
            lost.cut();
            older.answer(older.next(Frame.Req.class).stream(), 203);
            assertEquals(203, get.answer().status());
        }
        assertTrue(tunnel.server.links().awaitEmpty(Duration.ofSeconds(10)));
        try (BinaryAgent older = agent("a");
                BinaryAgent lost = agent("a");
                RawClient post = tunnel.raw()) {
            post.request("POST", tunnel.path("/"), "Content-Length: 0");
            lost.next(Frame.Req.class);
            lost.cut();
            assertError("outcome-unknown", post);
            older.settle();
            assertTrue(older.isIdle());
        }
    }

    @Test
    void trailersThatAreMalformedBreakTheAnswerOffAndAreNoDefect() throws Exception {
        try (LogCapture log = new LogCapture();
                BinaryAgent agent = agent("a");
                RawClient client = tunnel.raw()) {
            client.request("GET", tunnel.path("/"), "TE: trailers");
            int stream = agent.next(Frame.Req.class).stream();
            agent.send(
                    new Frame.Resp(stream, new ResponseHead(200, Fields.EMPTY), false),
                    new Frame.RespChunk(
                            stream, Bytes.utf8("ok"), true, Fields.of("A", "1\r\nB: 2")));
            assertThrows(IOException.class, client::answer); // which does not look complete
            assertTrue(log.await("agent-answer-malformed", Duration.ofSeconds(10)), log.text());
            assertFalse(log.text().contains("failed by a defect"), log.text());
        }
    }

    @Test
    void anExclusiveAgentTakesOver() throws Exception {
        JdkAgent json = tunnel.agent();
        try (BinaryAgent before = agent("a");
                RawClient open = tunnel.raw();
                RawClient late = tunnel.raw()) {
            open.request("GET", tunnel.path("/open"));
            Frame.Req request = before.next(Frame.Req.class);
            try (BinaryAgent newest = new BinaryAgent(tunnel, "b", true);
                    BinaryAgent own = agent("b")) {
                assertEquals(Reason.REPLACED, before.next(Frame.Leaving.class).reason());
                assertEquals(4001, json.awaitClose().code());
                late.request("GET", tunnel.path("/late"), "Transfer-Encoding: chunked");
                own.next(Frame.Req.class);
                before.answer(request.stream(), 204);
                assertEquals(204, open.answer().status());
                assertEquals(4001, before.awaitClose().code());
                assertTrue(newest.isIdle());
            }
        }
    }

    @Test
    void aJsonLinkStandsBesideBinaryOnes() throws Exception {
        try (BinaryAgent binary = agent("a");
                RawClient one = tunnel.raw();
                RawClient two = tunnel.raw()) {
            JdkAgent json = tunnel.agent();
            one.request("GET", tunnel.path("/"));
            var atJson = json.next();
            two.request("GET", tunnel.path("/"));
            binary.answer(binary.next(Frame.Req.class).stream(), 204);
            assertEquals(204, two.answer().status());
            json.answer(atJson, 200, "{}", OK);
            assertEquals(200, one.answer().status());
            JdkAgent newer = tunnel.agent();
            assertEquals(4001, json.awaitClose().code());
            assertFalse(newer.isClosed());
            binary.settle();
        }
    }

    @Test
    void aRequestWaitsForItsAgent() throws Exception {
        try (Tunnel bridged = Tunnel.start(b -> b.bridgeTime(Duration.ofSeconds(3)));
                RawClient client = bridged.raw()) {
            client.request("GET", bridged.path("/first"));
            JdkAgent agent = bridged.agent();
            agent.answer(agent.next(), 200, "{}", OK);
            assertEquals(200, client.answer().status());
        }
    }

    @Test
    void whoWaitsIsToldWhenTheServerLeaves() throws Exception {
        try (Tunnel bridged = Tunnel.start(b -> b.bridgeTime(Duration.ofMinutes(5)));
                RawClient client = bridged.raw()) {
            client.request("GET", bridged.path("/"));
            while (bridged.server.links().waiting() == 0) {
                Thread.onSpinWait();
            }
            Thread closing = Thread.ofVirtual().start(bridged.server::close);
            RawClient.Answer answer = client.answer();
            assertEquals(503, answer.status());
            assertEquals("draining", answer.first("Cloudtunnel-Error"));
            assertTrue(closing.join(Duration.ofSeconds(9)));
        }
    }

    @Test
    void aClientThatLeavesDoesNotWait() throws Exception {
        try (Tunnel bridged = Tunnel.start(b -> b.bridgeTime(Duration.ofMinutes(5)))) {
            try (RawClient client = bridged.raw()) {
                client.request("GET", bridged.path("/"));
                while (bridged.server.links().waiting() == 0) {
                    Thread.onSpinWait();
                }
            }
            long began = System.nanoTime();
            while (bridged.server.links().waiting() != 0) {
                assertTrue(System.nanoTime() - began < 5_000_000_000L, "it still waits");
                Thread.onSpinWait();
            }
        }
    }
}
