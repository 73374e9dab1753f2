package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Does credit bound what is held, and does memory bound credit? */
@Timeout(60)
class FlowControlTest {

    private static final int KIB = 1024;

    private static Frame.RespChunk chunk(int stream, int size) {
        return new Frame.RespChunk(stream, Bytes.wrap(new byte[size]), false, null);
    }

    private static Frame.Resp ok(int stream) {
        return new Frame.Resp(stream, new ResponseHead(200, "", Fields.EMPTY), false);
    }

    @Test
    void grantsWhenTheConsumerHasTakenHalf() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.get("/");
            server.agent.send(ok(1));
            for (int i = 0; i < 4; i++) {
                server.agent.send(chunk(1, 64 * KIB));
            }
            exchange.receiveHead();
            assertEquals(List.of(), server.agent.settle(), "nothing on arrival");
            exchange.receive();
            exchange.receive();
            assertEquals(List.of(), server.agent.settle(), "one piece taken, one handed out");
            exchange.receive();
            int grant = server.agent.next(Frame.Credit.class).increment();
            assertTrue(grant >= 128 * KIB, () -> "granted " + grant);
        }
    }

    @Test
    void oneByteOverTheCreditEndsTheLink() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            server.get("/");
            server.agent.send(ok(1));
            for (int i = 0; i < 4; i++) {
                server.agent.send(chunk(1, 64 * KIB));
            }
            server.agent.settle();
            server.agent.send(chunk(1, 1));
            server.agent.assertClosed(4003, "overrun");
        }
    }

    @Test
    void theSenderKeepsToItsCredit() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.open("POST", "/", Exchange.UNKNOWN_LENGTH);
            server.agent.next(Frame.Req.class);
            Future<Boolean> sender =
                    ServerSide.start(() -> exchange.send(Bytes.wrap(new byte[64 * KIB + 10])));
            int got = 0;
            while (got < 64 * KIB) {
                got += server.agent.next(Frame.ReqChunk.class).data().length();
            }
            assertEquals(List.of(), server.agent.settle());
            server.agent.send(new Frame.Credit(1, 7));
            assertEquals(7, server.agent.next(Frame.ReqChunk.class).data().length());
            server.agent.send(new Frame.Credit(1, 100));
            assertEquals(3, server.agent.next(Frame.ReqChunk.class).data().length());
            assertTrue(ServerSide.get(sender));
        }
    }

    @Test
    void moreCreditThanThereCanBe() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            server.open("POST", "/", Exchange.UNKNOWN_LENGTH);
            server.agent.next(Frame.Req.class);
            server.agent.send(new Frame.Credit(1, Integer.MAX_VALUE - 64 * KIB));
            server.agent.settle();
            server.agent.send(new Frame.Credit(1, 1));
            server.agent.assertClosed(4003, "overflow");
        }
    }

    @Test
    void aSlowConsumerDelaysNobodyElse() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            server.get("/slow"); // takes nothing
            Exchange other = server.get("/other");
            server.agent.send(ok(1));
            for (int i = 0; i < 4; i++) {
                server.agent.send(chunk(1, 64 * KIB));
            }
            server.agent.send(ok(2), chunk(2, 3));
            assertEquals(200, other.receiveHead().status());
            assertEquals(Bytes.wrap(new byte[3]), other.receive());
        }
    }

    @Test
    void windowsShrinkToTheLeastAndThenNothingIsSent() throws Exception {
        var budget = new MemoryBudget(256 * KIB);
        try (var server =
                new BinaryServer(Greeting.DEFAULT, Limit.streams(1000), budget).greeted()) {
            int least = Integer.MAX_VALUE;
            int opened = 0;
            ExchangeException full = null;
            while (full == null) {
                try {
                    server.open("GET", "/", 0);
                    least = Math.min(least, server.agent.next(Frame.Req.class).credit());
                    opened++;
                } catch (ExchangeException e) {
                    full = e;
                }
            }
            assertEquals(ErrorCode.OUT_OF_BUDGET, full.code());
            assertEquals(16 * KIB, least);
            assertTrue(opened >= 3, "opened " + opened);
            assertEquals(List.of(), server.agent.settle());
            assertTrue(budget.usedBytes() <= budget.limitBytes());
        }
    }

    @Test
    void theAgentRefusesWhatItCannotHold() throws Exception {
        var budget = new MemoryBudget(100 * KIB);
        try (var agent =
                new BinaryAgent(new StalledUpstream(), Greeting.DEFAULT, Limit.streams(10), budget)
                        .greeted()) {
            agent.request(1, "POST", Fields.EMPTY, false);
            agent.request(2, "POST", Fields.EMPTY, false);
            assertEquals(Reason.OUT_OF_BUDGET, agent.server.next(Frame.Refused.class).reason());
        }
    }

    @Test
    void theWindowGrowsWithTheRoundTripAndIsGivenBack() throws Exception {
        DelayLink.Pair pair = DelayLink.pair(() -> 5_000_000, 1_000, Long.MAX_VALUE);
        var local = new EchoUpstream();
        try (var tunnel =
                new Tunnel(pair.server(), pair.agent(), local, Greeting.DEFAULT, 64L << 20)) {
            RequestHead head = RequestHead.of("POST", "/", Fields.EMPTY);
            Exchange exchange = tunnel.upstream.open(head, Exchange.UNKNOWN_LENGTH);
            Future<Boolean> sender =
                    ServerSide.start(() -> {
                        Bytes piece = Bytes.wrap(new byte[64 * KIB]);
                        for (int i = 0; i < 1000; i++) {
                            exchange.send(piece);
                        }
                        exchange.endRequest(Fields.EMPTY);
                        return true;
                    });
            exchange.receiveHead();
            long most = 0;
            for (Bytes p = exchange.receive(); p != null; p = exchange.receive()) {
                most = Math.max(most, tunnel.serverBudget.usedBytes());
                assertTrue(most <= 9 << 20, "one stream holds " + most);
            }
            assertTrue(ServerSide.get(sender));
            assertTrue(most >= 1 << 20, "grew to " + most);
            exchange.cancel(Tunnel.gone());
        }
    }

    @Test
    void anAgentThatTakesNothingOfARequestIsNotWaitedForForEver() throws Exception {
        var limits = Limit.streams(10).toBuilder().progressTimeout(Duration.ofMillis(50)).build();
        try (var server =
                new BinaryServer(Greeting.DEFAULT, limits, new MemoryBudget(8 << 20)).greeted()) {
            Exchange exchange = server.open("POST", "/", Exchange.UNKNOWN_LENGTH);
            server.agent.next(Frame.Req.class);
            Bytes more = Bytes.wrap(new byte[64 * KIB + 1]);
            ExchangeException late =
                    assertThrows(ExchangeException.class, () -> exchange.send(more));
            assertEquals(ErrorCode.AGENT_TIMEOUT, late.code());
            Object frame = server.agent.next();
            while (frame instanceof Frame.ReqChunk) {
                frame = server.agent.next();
            }
            assertEquals(Reason.AGENT_TIMEOUT, ((Frame.Reset) frame).reason());
        }
    }

    @Test
    void theTextOfASmallRequestCountsToo() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            RequestHead head = RequestHead.of("GET", "/" + "x".repeat(9_000), Fields.EMPTY);
            Exchange exchange = server.open(head, 0);
            long before = server.budget.usedBytes();
            exchange.endRequest(Fields.EMPTY);
            Bytes text = server.agent.next(Bytes.class);
            assertTrue(server.budget.usedBytes() >= before + text.length());
        }
    }

    @Test
    void aStreamThatIsGoneGrantsNothing() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.get("/");
            server.agent.send(ok(1), chunk(1, 64 * KIB), chunk(1, 64 * KIB), chunk(1, 64 * KIB));
            exchange.receiveHead();
            for (int i = 0; i < 3; i++) {
                exchange.receive();
            }
            server.agent.settle();
            exchange.cancel(Tunnel.gone());
            assertThrows(ExchangeException.class, exchange::receive);
            server.agent.next(Frame.Reset.class);
            assertEquals(List.of(), server.agent.settle());
        }
    }
}
