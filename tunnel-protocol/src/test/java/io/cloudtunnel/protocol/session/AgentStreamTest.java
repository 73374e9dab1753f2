package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How do streams go on and end at the agent, whatever the server and the local service do? */
@Timeout(30)
class AgentStreamTest {

    private static final Bytes HI = Bytes.utf8("hi");

    private static Frame.ReqChunk chunk(Bytes data, boolean end) {
        return new Frame.ReqChunk(1, data, end, null);
    }

    private static ExchangeException cancelled(ScriptedExchange local) throws Exception {
        return local.cancelled.get(20, TimeUnit.SECONDS);
    }

    private static void assertRefused(BinaryAgent agent, Reason reason) throws Exception {
        assertEquals(reason, agent.server.next(Frame.Refused.class).reason());
    }

    /** The local service has answered, and takes nothing more. */
    @Test
    void earlyAnswerFreesItsUpload() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.request(1, "POST", Fields.EMPTY, false);
            ScriptedExchange exchange = local.next();
            exchange.takes = new CountDownLatch(1);
            agent.server.send(chunk(HI, false));
            exchange.then(new ResponseHead(413, Fields.EMPTY), HI, Bytes.EMPTY);
            assertEquals(413, agent.server.next(Frame.Resp.class).head().status());
            assertEquals(HI, agent.server.next(Frame.RespChunk.class).data());
            assertTrue(agent.server.next(Frame.RespChunk.class).end(), "before the stop");
            agent.server.next(Frame.Stop.class);
            agent.server.send(chunk(HI, false)); // on its way
            assertEquals(List.of(), agent.server.settle());
        } // close sees that nothing is left of it
    }

    @Test
    void earlyAnswerDoesNotEndAnUploadThatIsRead() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.request(1, "POST", Fields.EMPTY, false);
            agent.server.send(chunk(HI, false));
            ScriptedExchange exchange = local.next();
            exchange.then(new ResponseHead(200, Fields.EMPTY), HI, Bytes.EMPTY);
            assertEquals(200, agent.server.next(Frame.Resp.class).head().status());
            assertEquals(HI, agent.server.next(Frame.RespChunk.class).data());
            assertTrue(agent.server.next(Frame.RespChunk.class).end());
            agent.server.send(chunk(HI, false), chunk(HI, true));
            assertEquals("hihihi", exchange.request.get(20, TimeUnit.SECONDS).utf8());
            assertEquals(List.of(), agent.server.settle(), "no stop");
        }
    }

    @Test
    void earlyAnswerAndAResetEndTheUpload() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.request(1, "POST", Fields.EMPTY, false);
            ScriptedExchange exchange = local.next();
            exchange.then(new ResponseHead(200, Fields.EMPTY), HI, Bytes.EMPTY);
            assertEquals(200, agent.server.next(Frame.Resp.class).head().status());
            assertEquals(HI, agent.server.next(Frame.RespChunk.class).data());
            assertTrue(agent.server.next(Frame.RespChunk.class).end());
            agent.server.send(new Frame.Reset(1, Reason.CANCELLED, ""));
            assertEquals(ErrorCode.CANCELLED, cancelled(exchange).code());
            assertFalse(exchange.request.isDone(), "its body has not ended");
        }
    }

    @Test
    void resetOfARequestThatHasComeWholeNeverEndsItsBody() throws Exception {
        var local = new StalledUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.request(1, "POST", Fields.EMPTY, false);
            Bytes large = Bytes.wrap(new byte[20_000]);
            agent.server.send(chunk(large, false), chunk(large, true));
            agent.server.send(new Frame.Reset(1, Reason.CANCELLED, ""));
            assertEquals(List.of(), agent.server.settle());
        }
    }

    @Test
    void resetCancelsTheLocalCall() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.get(1);
            ScriptedExchange exchange = local.next();
            agent.server.send(new Frame.Reset(1, Reason.CANCELLED, ""));
            assertEquals(ErrorCode.CANCELLED, cancelled(exchange).code());
            assertEquals(List.of(), agent.server.settle(), "a reset is not answered");
        }
    }

    @Test
    void linkLostCancelsTheLocalCall() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.get(1);
            ScriptedExchange exchange = local.next(); // each stream has a thread of its own
            agent.request(2, "POST", Fields.EMPTY, false);
            ScriptedExchange other = local.next();
            agent.link.cut();
            assertEquals(ErrorCode.OUTCOME_UNKNOWN, cancelled(exchange).code());
            assertEquals(ErrorCode.OUTCOME_UNKNOWN, cancelled(other).code());
            assertFalse(other.request.isDone(), "its body has not ended");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LOCAL_UNREACHABLE,LOCAL_UNREACHABLE",
        "OUT_OF_BUDGET,OUT_OF_BUDGET",
        "INTERNAL,INTERNAL"
    })
    void refusedByTheLocalSide(ErrorCode code, Reason reason) throws Exception {
        Upstream local =
                (head, length) -> {
                    throw new ExchangeException(code, "no");
                };
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.get(1);
            assertRefused(agent, reason);
        }
    }

    @Test
    void aTimeoutIsNoRefusal() throws Exception {
        Upstream local =
                (head, length) -> {
                    throw new ExchangeException(ErrorCode.LOCAL_TIMEOUT, "slow");
                };
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.get(1);
            assertEquals(Reason.LOCAL_TIMEOUT, agent.server.next(Frame.Reset.class).reason());
        }
    }

    @Test
    void localSideBreaksOff() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.get(1);
            local.next()
                    .then(
                            new ResponseHead(200, Fields.EMPTY),
                            HI,
                            new ExchangeException(ErrorCode.LOCAL_BROKEN, "cut"));
            agent.server.next(Frame.Resp.class);
            Object next = agent.server.next(); // a reset goes ahead of chunks, and drops them
            if (next instanceof Frame.RespChunk chunk) {
                assertFalse(chunk.end());
                next = agent.server.next();
            }
            assertEquals(new Frame.Reset(1, Reason.LOCAL_BROKEN, "cut"), next);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"G T", "GET\r\n", "\u00e9"})
    void methodThatIsNone(String method) throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.request(1, method, Fields.EMPTY, true);
            assertRefused(agent, Reason.BAD_REQUEST);
            assertEquals(0, local.untaken());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "/a b", "/a\r\nb", "http://h/", "/\u0001"})
    void targetThatIsNone(String target) throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            RequestHead head = RequestHead.of("GET", target, Fields.EMPTY);
            agent.server.send(new Frame.Req(1, 1 << 16, head, true, false));
            assertRefused(agent, Reason.BAD_REQUEST);
            assertEquals(0, local.untaken());
        }
    }

    @ParameterizedTest
    @CsvSource({"1,true", "3,true", "3,false"})
    void bodyNotAsLongAsSaid(int length, boolean end) throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.request(1, "POST", Fields.of("Content-Length", "2"), false);
            ScriptedExchange exchange = local.next();
            agent.server.send(chunk(Bytes.wrap(new byte[length]), end));
            assertEquals(Reason.BAD_REQUEST, agent.server.next(Frame.Reset.class).reason());
            cancelled(exchange);
            assertFalse(exchange.request.isDone(), "its body has not ended");
        }
    }

    @Test
    void endWithTheHeadAgainstContentLength() throws Exception {
        try (var agent = new BinaryAgent(new ScriptedUpstream()).greeted()) {
            agent.request(1, "POST", Fields.of("Content-Length", "2"), true);
            assertRefused(agent, Reason.BAD_REQUEST);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",\"headers\":{\"Content-Length\":\"3\"},\"body\":\"aGk=\"",
                ",\"headers\":{\"A\":7}",
                ",\"body\":\"*\""
            })
    void textThatIsMalformed(String members) throws Exception {
        try (var agent = new BinaryAgent(new ScriptedUpstream()).greeted()) {
            agent.server.sendText(
                    "{\"type\":\"req\",\"req_id\":\"1\",\"method\":\"POST\",\"path\":\"/\""
                            + members
                            + "}");
            assertRefused(agent, Reason.BAD_REQUEST);
        }
    }

    @Test
    void seventeenInterimHeadsAreTooManyForTheLocalSide() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.get(1);
            ScriptedExchange exchange = local.next();
            for (int i = 0; i < 17; i++) {
                exchange.then(new ResponseHead(103, Fields.EMPTY));
            }
            for (int i = 0; i < 16; i++) {
                assertEquals(103, agent.server.next(Frame.Resp.class).head().status());
            }
            assertEquals(Reason.LOCAL_MALFORMED, agent.server.next(Frame.Reset.class).reason());
        }
    }

    @Test
    void headThatTheServerCannotTakeCostsItsStreamOnly() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.get(1);
            local.next().answer(200, Fields.of("A", "a".repeat(80_000)), HI);
            assertEquals(Reason.LOCAL_MALFORMED, agent.server.next(Frame.Reset.class).reason());
            assertEquals(List.of(), agent.server.settle());
        }
    }

    @Test
    void switchingProtocolsThatNobodyAskedFor() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.get(1);
            local.next().then(new ResponseHead(101, Fields.EMPTY));
            assertEquals(Reason.LOCAL_MALFORMED, agent.server.next(Frame.Reset.class).reason());
        }
    }

    @Test
    void upgradeCarriesRawBytesWithHalfClose() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            RequestHead head = RequestHead.of("GET", "/", Fields.of("Upgrade", "chat"));
            agent.server.send(new Frame.Req(1, 1 << 16, head, false, true));
            ScriptedExchange exchange = local.next();
            exchange.then(new ResponseHead(101, Fields.EMPTY), HI, Bytes.EMPTY);
            assertEquals(101, agent.server.next(Frame.Resp.class).head().status());
            assertEquals(HI, agent.server.next(Frame.RespChunk.class).data());
            assertTrue(agent.server.next(Frame.RespChunk.class).end());
            assertEquals(1, agent.responder.openExchanges(), "the other direction goes on");
            agent.server.send(chunk(HI, false), chunk(HI, true));
        } // close waits for it
    }

    @Test
    void anUpgradeWaitsForItsAnswer() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            RequestHead head = RequestHead.of("GET", "/", Fields.of("Upgrade", "chat"));
            agent.server.send(new Frame.Req(1, 1 << 16, head, false, true));
            ScriptedExchange exchange = local.next();
            assertTrue(exchange.waiting.await(20, TimeUnit.SECONDS));
            assertFalse(exchange.request.isDone(), "its direction is open");
            assertEquals(head, exchange.head);
            assertEquals(0, exchange.bodyLength);
            exchange.answer(426, Fields.EMPTY, HI);
            assertEquals(426, agent.server.next(Frame.Resp.class).head().status());
            assertEquals(HI, agent.server.next(Frame.RespChunk.class).data());
            assertTrue(agent.server.next(Frame.RespChunk.class).end());
            assertEquals(List.of(), agent.server.settle(), "the request has ended with the head");
        }
    }

    @Test
    void anAnswerThatNobodyWantsFreesASilentService() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.get(1);
            ScriptedExchange exchange = local.next();
            exchange.then(new ResponseHead(200, Fields.EMPTY));
            agent.server.next(Frame.Resp.class);
            agent.server.send(new Frame.Stop(1, Reason.NONE));
            assertEquals(ErrorCode.CANCELLED, cancelled(exchange).code());
            agent.server.settle();
            RequestHead head = RequestHead.of("GET", "/", Fields.of("Upgrade", "chat"));
            agent.server.send(new Frame.Req(2, 1 << 16, head, false, true));
            ScriptedExchange raw = local.next();
            raw.then(new ResponseHead(101, Fields.EMPTY));
            agent.server.next(Frame.Resp.class);
            agent.server.send(new Frame.Stop(2, Reason.NONE));
            agent.server.send(new Frame.ReqChunk(2, HI, true, null));
            assertEquals(HI, raw.request.get(20, TimeUnit.SECONDS), "this direction is whole");
            assertEquals(ErrorCode.CANCELLED, cancelled(raw).code());
        }
    }

    @Test
    void anUpgradeThatDoesNotSayToWhat() throws Exception {
        try (var agent = new BinaryAgent(new ScriptedUpstream()).greeted()) {
            RequestHead head = RequestHead.of("GET", "/", Fields.EMPTY);
            agent.server.send(new Frame.Req(1, 1 << 16, head, false, true));
            assertRefused(agent, Reason.BAD_REQUEST);
        }
    }

    @Test
    void aFieldAloneAsksForNoUpgrade() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.request(1, "GET", Fields.of("Upgrade", "chat", "A", "b"), true);
            agent.server.sendText(
                    "{\"type\":\"req\",\"req_id\":\"2\",\"method\":\"GET\",\"path\":\"/\","
                            + "\"headers\":{\"Upgrade\":[\"chat\"],\"A\":[\"b\"]}}");
            for (int i = 0; i < 2; i++) {
                ScriptedExchange exchange = local.next();
                assertEquals(Fields.of("A", "b"), exchange.head.fields());
                exchange.request.get(20, TimeUnit.SECONDS); // it was ended
                exchange.answer(200, Fields.EMPTY, Bytes.EMPTY);
            }
        }
    }

    @Test
    void stopOfTheServerEndsTheAnswerOnly() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.get(1);
            ScriptedExchange exchange = local.next();
            exchange.then(new ResponseHead(200, Fields.EMPTY), HI);
            agent.server.next(Frame.Resp.class);
            agent.server.next(Frame.RespChunk.class);
            agent.server.send(new Frame.Stop(1, Reason.NONE));
            agent.server.settle();
            exchange.then(HI, HI);
            cancelled(exchange);
            assertEquals(List.of(), agent.server.settle());
        }
    }

    @Test
    void smallAnswersTravelAsTextOnlyWhereNothingIsLost() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            Fields two = Fields.of("Content-Length", "0");
            answered(agent, local, 1, new ResponseHead(200, "OK", two), true);
            answered(agent, local, 2, new ResponseHead(200, "Fine", two), false);
            Fields high = Fields.of("Content-Length", "0", "A", "\u00e9");
            answered(agent, local, 3, new ResponseHead(200, "OK", high), false);
            Fields apart = Fields.of("A", "1", "Content-Length", "0", "A", "2");
            answered(agent, local, 4, new ResponseHead(200, "OK", apart), false);
            Fields spelt = Fields.of("Content-Length", "0", "A", "1", "a", "2");
            answered(agent, local, 5, new ResponseHead(200, "OK", spelt), false);
            Fields adjacent = Fields.of("Content-Length", "0", "A", "1", "A", "2");
            answered(agent, local, 6, new ResponseHead(200, "OK", adjacent), true);
            answered(agent, local, 7, new ResponseHead(204, "No Content", Fields.EMPTY), true);
        }
    }

    private static void answered(
            BinaryAgent agent, ScriptedUpstream local, int id, ResponseHead head, boolean text)
            throws Exception {
        agent.get(id);
        local.next().then(head, Bytes.EMPTY);
        if (text) {
            var response = (JsonMessage.Response) agent.server.nextText();
            assertEquals(head.fields(), response.head().fields());
        } else {
            assertEquals(new Frame.Resp(id, head, true), agent.server.next(Frame.Resp.class));
        }
    }

    @Test
    void goAwayNeverTakesBackWhatWasAccepted() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.get(1);
            ScriptedExchange exchange = local.next();
            agent.responder.drain(Duration.ZERO);
            assertEquals(1, agent.server.next(Frame.GoAway.class).lastStream());
            agent.get(2);
            assertEquals(List.of(), agent.server.settle(), "it crossed the go-away");
            agent.responder.drain(Duration.ZERO);
            assertEquals(1, agent.server.next(Frame.GoAway.class).lastStream());
            assertEquals(0, local.untaken());
            exchange.answer(204, Fields.EMPTY, Bytes.EMPTY);
            agent.server.next(Frame.Resp.class);
        }
    }

    @Test
    void whatCrossesAGoAwayIsTaken() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            Future<Boolean> drained = ServerSide.start(() -> agent.responder.drain(Limit.LONG));
            assertEquals(Integer.MAX_VALUE, agent.server.next(Frame.GoAway.class).lastStream());
            agent.server.awaitPing(Farewell.CONTENT);
            agent.get(7); // was on its way
            agent.server.send(new Frame.Pong(Farewell.CONTENT));
            assertEquals(7, agent.server.next(Frame.GoAway.class).lastStream());
            local.next().answer(204, Fields.EMPTY, Bytes.EMPTY);
            agent.server.next(Frame.Resp.class);
            assertTrue(ServerSide.get(drained));
        }
    }

    @Test
    void whoLeavesWaitsUntilTheTailOfAnAnswerHasGone() throws Exception {
        var local = new ScriptedUpstream();
        try (var agent = new BinaryAgent(local).greeted()) {
            agent.get(1);
            Bytes body = Bytes.wrap(new byte[64 * 1024 + 10]); // ten bytes more than its credit
            local.next().answer(200, Fields.EMPTY, body);
            agent.server.next(Frame.Resp.class);
            int got = 0;
            while (got < 64 * 1024) {
                got += agent.server.next(Frame.RespChunk.class).data().length();
            }
            assertFalse(agent.responder.drain(Duration.ofMillis(300)), "it is not all sent");
            agent.server.next(Frame.GoAway.class);
            agent.server.send(new Frame.Credit(1, 100));
            assertTrue(agent.responder.drain(Limit.LONG));
            assertEquals(10, agent.server.settle().stream().mapToInt(AgentStreamTest::data).sum());
        }
    }

    private static int data(Object frame) {
        return frame instanceof Frame.RespChunk chunk ? chunk.data().length() : 0;
    }

    @Test
    void leavingIsToldOn() throws Exception {
        try (var agent = new BinaryAgent(new ScriptedUpstream()).greeted()) {
            agent.server.send(new Frame.Leaving(8000, Reason.DRAINING, ""));
            assertEquals(
                    new BinaryAgent.Left(8000, Reason.DRAINING),
                    agent.left.poll(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void unknownOptionalFramesAreSkipped() throws Exception {
        try (var agent = new BinaryAgent(new ScriptedUpstream()).greeted()) {
            byte[] frame = new byte[12 + 3];
            frame[0] = (byte) 0x90;
            frame[11] = 3;
            agent.server.link.send(new Message.Binary(Bytes.wrap(frame)));
            agent.server.settle();
        }
    }

    @Test
    void floodOfOpensAndResetsKeepsNothing() throws Exception {
        try (var agent = new BinaryAgent(new EchoUpstream()).greeted()) {
            for (int i = 1; i <= 3000; i++) {
                RequestHead head = RequestHead.of("POST", "/", Fields.EMPTY);
                agent.server.send(
                        new Frame.Req(i, 1 << 16, head, false, false),
                        new Frame.Reset(i, Reason.CANCELLED, ""));
            }
            agent.server.settle();
        }
    }

    @Test
    void pingsThatCannotBeAnsweredAreAFlood() throws Exception {
        MemoryLink.Pair pair = MemoryLink.pair();
        MemoryLink server = pair.server().scripted();
        var responder =
                new SessionResponder(
                        pair.agent(),
                        new ScriptedUpstream(),
                        Greeting.DEFAULT,
                        Limit.streams(10),
                        new MemoryBudget(1 << 20),
                        (millis, reason) -> {});
        var reader =
                ServerSide.start(() -> {
                    responder.serve();
                    return true;
                });
        List<Bytes> parts = new ArrayList<>();
        BinaryCodec.encode(new Frame.Hello(Greeting.DEFAULT), parts);
        server.send(new Message.Binary(parts));
        parts = new ArrayList<>();
        BinaryCodec.encode(new Frame.Ping(1), parts);
        Message ping = new Message.Binary(parts);
        // Nothing of what the agent answers is read.
        for (int i = 0; i < 20 && server.closeCode() == 0; i++) {
            try {
                server.send(ping);
            } catch (IOException e) {
                break;
            }
        }
        ServerSide.awaitEnd(reader);
        assertEquals("4000 ping-flood", server.closeCode() + " " + server.closeReason());
    }
}
