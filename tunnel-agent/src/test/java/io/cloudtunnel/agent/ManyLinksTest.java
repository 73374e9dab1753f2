package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.fake.BinaryLinks;
import io.cloudtunnel.agent.fake.RawTunnel;
import io.cloudtunnel.agent.fake.ScriptedPeer;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.frame.RequestHead;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many links an agent keeps, and what becomes of each, against a server that a test scripts.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManyLinksTest {

    private static final String OURS = "Cloudtunnel-Protocols: cloudtunnel.v1";
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir private Path directory;
    private final Recorder recorder = new Recorder();
    private final BinaryLinks links = new BinaryLinks();
    private TestPace pace = new TestPace(100);

    private TunnelAgentBuilder builder(RawTunnel server) {
        return TunnelAgent.builder()
                .links(2)
                .server("http://127.0.0.1:" + server.port())
                .local("http://127.0.0.1:1")
                .credentialsFile(directory.resolve("c.json"))
                .environment(Map.of())
                .listener(recorder)
                .pace(pace);
    }

    private RawTunnel server(RawTunnel.Answer dial) throws Exception {
        return new RawTunnel(RawTunnel.registers("one", OURS), dial);
    }

    private static Frame.Req get(int stream) {
        var head = RequestHead.of("GET", "/", Fields.builder().add("Host", "x").build());
        return new Frame.Req(stream, 1 << 18, head, true, false);
    }

    @Test
    void twoLinksOfOneAgentUnlessToldOtherwise() throws Exception {
        try (RawTunnel server = server(links);
                TunnelAgent agent = builder(server).start()) {
            BinaryLinks.Link first = links.next();
            BinaryLinks.Link second = links.next();
            assertTrue(first.hello().agent().matches("[A-Za-z0-9_-]{16}"), first.hello()::agent);
            assertEquals(first.hello().agent(), second.hello().agent());
            assertTrue(agent.awaitConnected(SOON));
            assertEquals(2, server.dials());
            try (TunnelAgent other = builder(server).links(1).start()) {
                BinaryLinks.Link others = links.next();
                assertNotEquals(first.hello().agent(), others.hello().agent());
                assertTrue(other.awaitConnected(SOON));
            }
        }
        assertEquals(List.of("url http://public/one", "url http://public/one"), recorder.urls());
    }

    @Test
    void theSecondOneWaitsUntilTheFirstIsKnownToBeBinary() throws Exception {
        CountDownLatch may = new CountDownLatch(1);
        CountDownLatch connected = new CountDownLatch(1);
        RawTunnel.Answer slow =
                (attempt, request) -> {
                    if (attempt == 1) {
                        connected.countDown();
                        may.await();
                    }
                    links.run(attempt, request);
                };
        try (RawTunnel server = server(slow);
                TunnelAgent agent = builder(server).links(3).start()) {
            connected.await();
            assertEquals(1, server.dials());
            may.countDown();
            for (int i = 0; i < 3; i++) {
                assertFalse(links.next().hasEnded());
            }
            assertTrue(agent.awaitConnected(SOON));
        }
    }

    @Test
    void aLinkThatDiesTakesOnlyItsOwnStreams() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(2);
        try (ScriptedPeer local =
                        new ScriptedPeer(c -> {
                            c.head();
                            asked.countDown();
                            c.hold(answer);
                            c.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                        });
                RawTunnel server = server(links);
                TunnelAgent agent = builder(server).local(local.url()).start()) {
            BinaryLinks.Link first = links.next();
            BinaryLinks.Link second = links.next();
            first.send(get(1));
            second.send(get(1));
            asked.await();
            first.cut();
            assertFalse(links.next().hasEnded(), "its slot has dialled again");
            assertEquals(AgentState.CONNECTED, agent.state());
            answer.countDown();
            var head = (Frame.Resp) second.frame();
            assertEquals(200, head.head().status());
            assertEquals(1, pace.waits().size(), "after a loss, a back-off");
        }
        assertFalse(recorder.told().contains("WAITING"), () -> recorder.told().toString());
    }

    @Test
    void withoutAnyLinkTheAgentIsNotConnected() throws Exception {
        CountDownLatch down = new CountDownLatch(1);
        CountDownLatch connected = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        pace = new TestPace(2);
        AgentListener listener =
                new AgentListener() {
                    @Override
                    public void stateChanged(AgentState state, String detail) {
                        if (state == AgentState.CONNECTED) {
                            connected.countDown();
                        } else if (connected.getCount() == 0) {
                            gone.countDown();
                        }
                    }
                };
        RawTunnel.Answer twice =
                (attempt, request) -> {
                    if (attempt <= 2) {
                        links.run(attempt, request);
                    } else {
                        down.countDown();
                        request.answer(503, "away", "Retry-After: 5");
                    }
                };
        try (RawTunnel server = server(twice);
                TunnelAgent agent = builder(server).listener(listener).start()) {
            BinaryLinks.Link first = links.next();
            BinaryLinks.Link second = links.next();
            assertTrue(agent.awaitConnected(SOON));
            first.cut();
            second.cut();
            down.await();
            gone.await();
            assertFalse(agent.awaitConnected(Duration.ZERO));
        }
    }

    /** As servers do that know one link of a tunnel only. */
    @Test
    void aServerThatKeepsOneLinkIsGivenOne() throws Exception {
        try (RawTunnel server = server(links);
                TunnelAgent agent = builder(server).start()) {
            BinaryLinks.Link first = links.next();
            BinaryLinks.Link second = links.next();
            first.close(4001);
            first.awaitClose();
            second.send(get(1));
            assertTrue(second.frame() instanceof Frame.Refused);
            assertFalse(links.hasMore(), "and its own link is no reason to dial");
            second.close(1001);
            BinaryLinks.Link third = links.next();
            third.send(get(1));
            assertTrue(third.frame() instanceof Frame.Refused);
            assertEquals(List.of(), pace.waits());
            assertEquals(AgentState.CONNECTED, agent.state());
        }
    }

    @Test
    void inJsonModeOneIsKept() throws Exception {
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        RawTunnel.Answer changes =
                (attempt, request) -> {
                    if (attempt <= 2) {
                        links.run(attempt, request);
                        return;
                    }
                    request.upgrade(
                            "\u0081\u0002{}", "Sec-WebSocket-Protocol: cloudtunnel.v1"); // an echo
                    request.awaitClose();
                    ends.add("closed");
                };
        try (RawTunnel server = server(changes);
                TunnelAgent agent = builder(server).start()) {
            BinaryLinks.Link first = links.next();
            BinaryLinks.Link second = links.next();
            first.cut();
            assertEquals(1001, second.awaitClose());
            assertEquals(3, server.dials());
            assertTrue(agent.awaitConnected(SOON));
            assertTrue(ends.isEmpty());
        }
        assertEquals("closed", ends.poll(20, TimeUnit.SECONDS));
    }

    @Test
    void leavingIsFollowedAtOnceAndServedToItsEnd() throws Exception {
        try (RawTunnel server = server(links);
                TunnelAgent agent = builder(server).links(1).start()) {
            BinaryLinks.Link old = links.next();
            old.send(new Frame.Leaving(8000, Reason.DRAINING, ""));
            BinaryLinks.Link young = links.next();
            old.send(get(1));
            assertEquals(Reason.LOCAL_UNREACHABLE, ((Frame.Refused) old.frame()).reason());
            old.close(1001);
            assertEquals(1000, old.awaitClose());
            young.send(get(1));
            assertEquals(Reason.LOCAL_UNREACHABLE, ((Frame.Refused) young.frame()).reason());
            assertEquals(2, server.dials());
            assertEquals(List.of(), pace.waits());
            assertEquals(AgentState.CONNECTED, agent.state());
        }
    }

    @Test
    void butNotForEver() throws Exception {
        pace = new TestPace(1);
        RawTunnel.Answer leaves =
                (attempt, request) -> {
                    request.upgrade("", "Sec-WebSocket-Protocol: cloudtunnel.v1");
                    BinaryLinks.leave(request);
                };
        try (RawTunnel server = server(leaves);
                TunnelAgent agent = builder(server).links(1).start()) {
            pace.awaitSpent();
            assertEquals(4, server.dials());
            assertFalse(agent.state().isFinal());
        }
    }

    @Test
    void whenTheAgentStopsAllLinksSayGoAwayAndFinish() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        try (ScriptedPeer local =
                        new ScriptedPeer(c -> {
                            c.head();
                            asked.countDown();
                            c.hold(told);
                            c.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                        });
                RawTunnel server = server(links)) {
            TunnelAgent agent = builder(server).local(local.url()).start();
            BinaryLinks.Link first = links.next();
            BinaryLinks.Link second = links.next();
            first.send(get(1));
            asked.await();
            Thread stop = Thread.ofVirtual().start(agent::close);
            assertGoAway(first, 1);
            assertGoAway(second, 0);
            assertEquals(1001, second.awaitClose());
            assertFalse(first.hasEnded());
            told.countDown();
            assertEquals(200, ((Frame.Resp) first.frame()).head().status());
            assertEquals(1001, first.awaitClose());
            stop.join();
            assertEquals(AgentState.STOPPED, agent.state());
        }
    }

    /** First what crosses it is taken, and then nothing more. */
    private static void assertGoAway(BinaryLinks.Link link, int last) throws Exception {
        assertEquals(Integer.MAX_VALUE, ((Frame.GoAway) link.frame()).lastStream());
        assertEquals(last, ((Frame.GoAway) link.frame()).lastStream());
    }

    private static long seconds(int count) {
        return TimeUnit.SECONDS.toNanos(count);
    }

    @Test
    void theNextLinkIsDialledInTimeAndTheOldOneFinishes() throws Exception {
        links.with("Cloudtunnel-Link-Lifetime: 300");
        try (RawTunnel server = server(links);
                TunnelAgent agent = builder(server).links(1).start()) {
            BinaryLinks.Link old = links.next();
            pace.advance(seconds(140));
            old.send(get(1));
            assertEquals(Reason.LOCAL_UNREACHABLE, ((Frame.Refused) old.frame()).reason());
            assertEquals(1, server.dials());
            pace.advance(seconds(55));
            BinaryLinks.Link young = links.next();
            assertGoAway(old, 1);
            assertEquals(1001, old.awaitClose());
            assertFalse(young.hasEnded());
            assertEquals(2, server.dials());
            assertEquals(List.of(), pace.waits());
            assertEquals(AgentState.CONNECTED, agent.state());
        }
    }

    @Test
    void theLinksRollOverByTurns() throws Exception {
        links.with("Cloudtunnel-Link-Lifetime: 300");
        try (RawTunnel server = server(links);
                TunnelAgent agent = builder(server).start()) {
            BinaryLinks.Link first = links.next();
            BinaryLinks.Link second = links.next();
            pace.advance(seconds(100)); // half of the second one's time at most
            BinaryLinks.Link third = links.next();
            assertEquals(1001, second.awaitClose());
            assertFalse(links.hasMore() || first.hasEnded());
            pace.advance(seconds(95));
            BinaryLinks.Link fourth = links.next();
            assertEquals(1001, first.awaitClose());
            assertEquals(4, server.dials());
            assertFalse(third.hasEnded() || fourth.hasEnded());
            assertEquals(AgentState.CONNECTED, agent.state());
        }
    }

    @Test
    void aLinkThatTheServerForgetsIsClosedAtItsEnd() throws Exception {
        links.with("Cloudtunnel-Link-Lifetime: 1");
        try (RawTunnel server = server(links);
                TunnelAgent agent = builder(server).links(1).start()) {
            BinaryLinks.Link old = links.next();
            links.with();
            pace.advance(seconds(1));
            BinaryLinks.Link young = links.next();
            assertEquals(1001, old.awaitClose());
            assertFalse(young.hasEnded());
            assertEquals(List.of(), pace.waits());
            assertEquals(AgentState.CONNECTED, agent.state());
        }
    }

    @Test
    void beyondTwoMoreTheOldestLeaves() throws Exception {
        links.with("Cloudtunnel-Link-Lifetime: 300", "Cloudtunnel-Instance: i");
        try (RawTunnel server = server(links);
                TunnelAgent agent = builder(server).links(1).start()) {
            BinaryLinks.Link oldest = links.next();
            for (int i = 0; i < 3; i++) { // each link to another instance, so none is succeeded
                links.with("Cloudtunnel-Link-Lifetime: 300", "Cloudtunnel-Instance: i" + i);
                pace.advance(seconds(195));
                assertFalse(links.next().hasEnded());
            }
            assertTrue(oldest.frame() instanceof Frame.GoAway);
            assertEquals(1001, oldest.awaitClose());
            assertEquals(AgentState.CONNECTED, agent.state());
        }
    }

    // ---- Where the public is.

    private static final String[] OLD = {"Cloudtunnel-Instance: old", "Cloudtunnel-Started: 1000"};
    private static final String[] YOUNG = {
        "Cloudtunnel-Instance: young", "Cloudtunnel-Started: 2000"
    };

    @Test
    void whereThePublicIsElsewhereTheLinksFollow() throws Exception {
        links.with(OLD);
        BlockingQueue<RawTunnel.Request> probes = new LinkedBlockingQueue<>();
        RawTunnel.Answer dial =
                (attempt, request) -> {
                    if (request.has("Cloudtunnel-Probe: 1")) {
                        links.with(YOUNG);
                        request.answer(204, "", YOUNG[0], YOUNG[1], "Cloudtunnel-Links: 0");
                        probes.add(request);
                    } else {
                        links.run(attempt, request);
                    }
                };
        RawTunnel.Answer register =
                (attempt, request) -> {
                    String host = request.head().replaceAll("(?is).*\nhost: (\\S+).*", "$1");
                    request.answer(
                            200,
                            "{\"id\":\"i\",\"secret\":\"s\",\"public_url\":\"http://%s/pub/i\"}"
                                    .formatted(host),
                            OURS);
                };
        try (RawTunnel server = new RawTunnel(register, dial);
                TunnelAgent agent = builder(server).start()) {
            BinaryLinks.Link first = links.next();
            BinaryLinks.Link second = links.next();
            pace.advance(seconds(5));
            assertFalse(links.next().hasEnded());
            assertFalse(links.next().hasEnded());
            RawTunnel.Request probe = probes.remove();
            assertEquals("GET /pub/i/ HTTP/1.1", probe.line());
            assertTrue(probe.has("Authorization: Bearer s"), probe::head);
            assertTrue(probe.has("X-Tunnel-Id: i"), probe::head);
            assertFalse(first.hasEnded() || second.hasEnded(), "they go on until their end");
            assertEquals(List.of(), pace.waits());
            assertEquals(AgentState.CONNECTED, agent.state());
        }
    }
}
