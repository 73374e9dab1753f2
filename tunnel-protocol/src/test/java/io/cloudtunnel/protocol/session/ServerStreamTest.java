package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How do streams go on and end at the server, whatever the agent does? */
@Timeout(30)
class ServerStreamTest {

    private static final Bytes HI = Bytes.utf8("hi");

    private static Frame.Resp head(int status, String... fields) {
        return new Frame.Resp(1, new ResponseHead(status, "x", Fields.of(fields)), false);
    }

    private static Frame.Resp headAndEnd(int status, String... fields) {
        return new Frame.Resp(1, new ResponseHead(status, "x", Fields.of(fields)), true);
    }

    private static Frame.RespChunk chunk(Bytes data, boolean end) {
        return new Frame.RespChunk(1, data, end, null);
    }

    private static void assertReset(BinaryServer server, Reason reason) throws Exception {
        assertEquals(reason, server.agent.next(Frame.Reset.class).reason());
    }

    @Test
    void interimBodyAndTrailers() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.get("/");
            var trailers = new Frame.RespChunk(1, Bytes.EMPTY, true, Fields.of("T", "1"));
            server.agent.send(head(103, "Link", "a"), head(200), chunk(HI, false), trailers);
            assertEquals(103, exchange.receiveHead().status());
            assertEquals(200, exchange.receiveHead().status());
            assertEquals("hi", ServerSide.body(exchange));
            assertEquals(Fields.of("T", "1"), exchange.responseTrailers());
        }
    }

    @Test
    void seventeenInterimHeadsAreTooMany() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.get("/");
            for (int i = 0; i < 16; i++) {
                server.agent.send(head(103));
                assertEquals(103, exchange.receiveHead().status());
            }
            server.agent.send(head(103));
            assertReset(server, Reason.AGENT_ANSWER_MALFORMED);
            ServerSide.assertFails(ErrorCode.AGENT_ANSWER_MALFORMED, exchange::receiveHead);
        }
    }

    @Test
    void interimHeadsTogetherAreNoLongerThanAHead() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.get("/");
            server.agent.send(head(103, "A", "a".repeat(60_000)));
            assertEquals(103, exchange.receiveHead().status());
            server.agent.send(head(103, "A", "a".repeat(60_000)));
            assertReset(server, Reason.AGENT_ANSWER_MALFORMED);
        }
    }

    @ParameterizedTest
    @CsvSource({"HEAD,200", "GET,204", "GET,304"})
    void lengthWithoutABody(String method, int status) throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.open(method, "/", 0);
            server.agent.next(Frame.Req.class);
            server.agent.send(headAndEnd(status, "Content-Length", "7"));
            assertEquals("7", exchange.receiveHead().fields().first("Content-Length"));
            assertNull(exchange.receive());
        }
    }

    @ParameterizedTest
    @CsvSource({"HEAD,200", "GET,204", "GET,304", "GET,101"})
    void bodyWhereThereCanBeNone(String method, int status) throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.open(method, "/", 0);
            server.agent.next(Frame.Req.class);
            server.agent.send(head(status));
            assertReset(server, Reason.AGENT_ANSWER_MALFORMED);
            ServerSide.assertFails(ErrorCode.AGENT_ANSWER_MALFORMED, exchange::receiveHead);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,true", "3,true", "3,false"})
    void bodyNotAsLongAsSaid(int length, boolean end) throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.get("/");
            server.agent.send(head(200, "Content-Length", "2"));
            exchange.receiveHead();
            server.agent.send(chunk(Bytes.wrap(new byte[length]), end));
            assertReset(server, Reason.AGENT_ANSWER_MALFORMED);
            ServerSide.assertFails(ErrorCode.AGENT_ANSWER_MALFORMED, exchange::receive);
        }
    }

    @Test
    void endWithTheHeadAgainstContentLength() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.get("/");
            server.agent.send(headAndEnd(200, "Content-Length", "2"));
            assertReset(server, Reason.AGENT_ANSWER_MALFORMED);
            ServerSide.assertFails(ErrorCode.AGENT_ANSWER_MALFORMED, exchange::receiveHead);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b: x", "A: x\r\nB: y", "A: x\u0000", ": x", "Content-Length: -1"})
    void headThatWouldBreakAMessage(String field) throws Exception {
        int colon = field.indexOf(':');
        String name = colon == 0 ? "\u00e9" : field.substring(0, colon);
        try (var server = new BinaryServer().greeted()) {
            server.get("/");
            server.agent.send(head(200, name, field.substring(colon + 2)));
            assertReset(server, Reason.AGENT_ANSWER_MALFORMED);
        }
    }

    @Test
    void twoLengthsThatDiffer() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            server.get("/");
            server.agent.send(head(200, "Content-Length", "1", "content-length", "2"));
            assertReset(server, Reason.AGENT_ANSWER_MALFORMED);
        }
    }

    @Test
    void earlyAnswerStopsTheUploadAndComesWhole() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.open("POST", "/", Exchange.UNKNOWN_LENGTH);
            server.agent.next(Frame.Req.class);
            Future<Boolean> sender =
                    ServerSide.start(() -> {
                        Bytes piece = Bytes.wrap(new byte[60_000]);
                        boolean wanted = true;
                        while (wanted) {
                            wanted = exchange.send(piece);
                        }
                        exchange.endRequest(Fields.EMPTY);
                        return true;
                    });
            server.agent.next(Frame.ReqChunk.class);
            // What overtakes the stop cannot be lost: it was sent before.
            server.agent.send(head(413), chunk(HI, true), new Frame.Stop(1, Reason.BODY_TOO_LARGE));
            assertEquals(413, exchange.receiveHead().status());
            assertEquals("hi", ServerSide.body(exchange));
            assertEquals(true, ServerSide.get(sender));
        }
    }

    @Test
    void resetAfterTheEndLeavesTheAnswerWhole() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.open("POST", "/", Exchange.UNKNOWN_LENGTH);
            server.agent.next(Frame.Req.class);
            server.agent.send(head(200), chunk(HI, true), new Frame.Reset(1, Reason.INTERNAL, ""));
            server.agent.settle();
            assertFalse(exchange.send(HI), "the request has ended");
            assertEquals(200, exchange.receiveHead().status());
            assertEquals("hi", ServerSide.body(exchange));
        }
    }

    @Test
    void resetBeforeTheEndBreaksTheAnswerOff() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.get("/");
            server.agent.send(
                    head(200), chunk(HI, false), new Frame.Reset(1, Reason.LOCAL_BROKEN, "cut"));
            server.agent.settle();
            assertEquals(200, exchange.receiveHead().status());
            ExchangeException e = assertThrows(ExchangeException.class, exchange::receive);
            assertEquals(ErrorCode.LOCAL_BROKEN, e.code());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LOCAL_UNREACHABLE,LOCAL_UNREACHABLE",
        "DRAINING,AGENT_NOT_CONNECTED",
        "LOCAL_BROKEN,AGENT_NOT_CONNECTED",
        "OUT_OF_BUDGET,OUT_OF_BUDGET"
    })
    void refused(Reason reason, ErrorCode code) throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.get("/");
            server.agent.send(new Frame.Refused(1, reason, "no"));
            var e = assertThrows(ExchangeException.class, exchange::receiveHead);
            assertEquals(code, e.code());
        }
    }

    // Up to where an answer has come.
    private static final int NOTHING = 0;
    private static final int INTERIM = 1;
    private static final int HEAD = 2;
    private static final int CHUNK = 3;
    private static final int END = 4;

    private static void answerUpTo(int step, BinaryServer server) throws Exception {
        Frame[] frames = {head(103), head(200), chunk(HI, false), chunk(HI, true)};
        for (int i = 0; i < step; i++) {
            server.agent.send(frames[i]);
        }
        server.agent.settle();
    }

    @ParameterizedTest
    @ValueSource(ints = {NOTHING, INTERIM, HEAD, CHUNK, END})
    void cancelled(int step) throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.get("/");
            answerUpTo(step, server);
            exchange.cancel(Tunnel.gone());
            if (step != END) {
                assertReset(server, Reason.CANCELLED);
                server.agent.send(head(200)); // crosses the reset
            }
            assertEquals(List.of(), server.agent.settle());
            assertEquals(0, server.budget.usedBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {NOTHING, INTERIM, HEAD, CHUNK, END})
    void linkLost(int step) throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.get("/");
            answerUpTo(step, server);
            server.link.cut();
            server.agent.awaitEnd();
            assertThrows(ExecutionException.class, server::ended);
            if (step >= INTERIM) {
                assertEquals(103, exchange.receiveHead().status());
            }
            if (step < HEAD) {
                ServerSide.assertFails(ErrorCode.OUTCOME_UNKNOWN, exchange::receiveHead);
                return;
            }
            assertEquals(200, exchange.receiveHead().status());
            if (step == END) {
                assertEquals("hihi", ServerSide.body(exchange));
            } else {
                ServerSide.assertFails(ErrorCode.OUTCOME_UNKNOWN, exchange::receive);
            }
            assertThrows(ExchangeException.class, () -> server.open("GET", "/late", 0));
        }
    }

    /** In frames, and in JSON form. */
    @ParameterizedTest
    @ValueSource(strings = {"frames", "JSON"})
    void whatNeverLeftIsUntouched(String form) throws Exception {
        try (var server = new BinaryServer().greeted()) {
            server.get("/read");
            RequestHead head = RequestHead.of("POST", "/", Fields.of("X-Byte", "\u00e9"));
            if (form.equals("JSON")) {
                head = RequestHead.of("POST", "/", Fields.EMPTY);
            }
            server.link.stall();
            Exchange leaving = server.open(head, 0);
            leaving.endRequest(Fields.EMPTY);
            server.link.awaitBlockedWriter();
            Exchange queued = server.open(head, 0);
            queued.endRequest(Fields.EMPTY);
            server.link.cut();
            ExchangeException unknown = assertThrows(ExchangeException.class, leaving::receiveHead);
            assertEquals(ErrorCode.OUTCOME_UNKNOWN, unknown.code());
            assertFalse(unknown.isUntouched());
            ExchangeException e = assertThrows(ExchangeException.class, queued::receiveHead);
            assertEquals(ErrorCode.AGENT_NOT_CONNECTED, e.code());
            assertTrue(e.isUntouched());
        }
    }

    @Test
    void goAwayRefusesWhatIsAbove() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange first = server.get("/1");
            Exchange second = server.get("/2");
            server.agent.send(new Frame.GoAway(1, Reason.DRAINING, ""));
            ServerSide.assertFails(ErrorCode.AGENT_NOT_CONNECTED, second::receiveHead);
            assertThrows(ExchangeException.class, () -> server.open("GET", "/3", 0));
            server.agent.send(headAndEnd(200));
            assertEquals(200, first.receiveHead().status());
        }
    }

    @Test
    void upgradeCarriesRawBytesWithHalfClose() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            RequestHead head = RequestHead.of("GET", "/", Fields.of("Upgrade", "chat"));
            Exchange exchange = server.open(head, 0);
            assertEquals(true, server.agent.next(Frame.Req.class).upgrade());
            assertThrows(IllegalStateException.class, () -> exchange.send(HI));
            assertThrows(IllegalStateException.class, () -> exchange.endRequest(Fields.EMPTY));
            server.agent.send(head(101), chunk(HI, true));
            assertEquals(101, exchange.receiveHead().status());
            assertEquals("hi", ServerSide.body(exchange));
            exchange.send(HI);
            assertEquals(HI, server.agent.next(Frame.ReqChunk.class).data());
            exchange.endRequest(Fields.of("X-Not", "a trailer"));
            Frame.ReqChunk last = server.agent.next(Frame.ReqChunk.class);
            assertEquals(new Frame.ReqChunk(1, Bytes.EMPTY, true, null), last);
            exchange.cancel(Tunnel.gone());
            assertEquals(List.of(), server.agent.settle(), "both directions have ended");
        }
    }

    @Test
    void upgradeIsAwaitedFromItsOpening() throws Exception {
        var limits = Limit.time(Duration.ofMillis(20));
        var budget = new MemoryBudget(1 << 20);
        try (var server = new BinaryServer(Greeting.DEFAULT, limits, budget)) {
            server.agent.hello();
            RequestHead head = RequestHead.of("GET", "/", Fields.of("Upgrade", "chat"));
            Exchange exchange = server.open(head, 0);
            var e = assertThrows(ExchangeException.class, exchange::receiveHead);
            assertEquals(ErrorCode.AGENT_TIMEOUT, e.code());
        }
    }

    @Test
    void upgradeWithABodyGoesOutWithoutUpgrade() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Fields fields = Fields.of("Upgrade", "chat", "X-Byte", "\u00e9");
            server.open(RequestHead.of("POST", "/", fields), Exchange.UNKNOWN_LENGTH);
            Frame.Req req = server.agent.next(Frame.Req.class);
            assertFalse(req.upgrade());
            assertEquals(Fields.of("X-Byte", "\u00e9"), req.head().fields());
        }
    }

    /** The limit on progress would be reached long before the agent takes more. */
    @Test
    void rawBytesWaitForCreditWithoutLimit() throws Exception {
        Duration shortly = Duration.ofMillis(50);
        var limits = Limit.streams(10).toBuilder().progressTimeout(shortly).build();
        try (var server = new BinaryServer(Greeting.DEFAULT, limits, new MemoryBudget(8 << 20))) {
            server.agent.hello();
            RequestHead head = RequestHead.of("GET", "/", Fields.of("Upgrade", "chat"));
            Exchange raw = server.open(head, 0);
            server.agent.next(Frame.Req.class);
            server.agent.send(head(101));
            assertEquals(101, raw.receiveHead().status());
            Bytes much = Bytes.wrap(new byte[1 << 20]);
            Future<Boolean> sent = ServerSide.start(() -> raw.send(much));
            Bytes all = server.agent.next(Frame.ReqChunk.class).data();
            assertEquals(WindowSizer.LEAST, all.length(), "as much as there is credit for");
            Exchange upload = server.open("POST", "/", Exchange.UNKNOWN_LENGTH);
            var e = assertThrows(ExchangeException.class, () -> upload.send(much));
            assertEquals(ErrorCode.AGENT_TIMEOUT, e.code());
            server.agent.send(new Frame.Credit(1, 1 << 20));
            assertEquals(true, ServerSide.get(sent));
        }
    }

    @Test
    void upgradeRefusedIsAnOrdinaryAnswer() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            RequestHead head = RequestHead.of("GET", "/", Fields.of("Upgrade", "chat"));
            Exchange exchange = server.open(head, 0);
            server.agent.next(Frame.Req.class);
            server.agent.send(head(200), chunk(HI, true));
            assertEquals(200, exchange.receiveHead().status());
            assertEquals("hi", ServerSide.body(exchange));
            exchange.cancel(Tunnel.gone());
            assertEquals(List.of(), server.agent.settle(), "both directions have ended");
        }
    }

    @Test
    void trailersAreNoPartOfRawBytes() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            server.open(RequestHead.of("GET", "/", Fields.of("Upgrade", "chat")), 0);
            server.agent.next(Frame.Req.class);
            server.agent.send(head(101), new Frame.RespChunk(1, Bytes.EMPTY, true, Fields.EMPTY));
            assertReset(server, Reason.AGENT_ANSWER_MALFORMED);
        }
    }

    @Test
    void noHeadInTime() throws Exception {
        var limits = Limit.time(Duration.ofMillis(20));
        var budget = new MemoryBudget(1 << 20);
        try (var server = new BinaryServer(Greeting.DEFAULT, limits, budget)) {
            server.agent.hello();
            Exchange exchange = server.get("/");
            ServerSide.assertFails(ErrorCode.AGENT_TIMEOUT, exchange::receiveHead);
            assertReset(server, Reason.AGENT_TIMEOUT);
        }
    }

    @Test
    void moreThanTheAgentTakes() throws Exception {
        try (var server = new BinaryServer()) {
            var d = Greeting.DEFAULT;
            server.agent.send(
                    new Frame.Hello(
                            new Greeting(1, 16_384, d.window(), 0, 8192, "", "", false, "")));
            RequestHead large = RequestHead.of("GET", "/", Fields.of("A", "a".repeat(16_384)));
            ServerSide.assertFails(ErrorCode.HEAD_TOO_LARGE, () -> server.open(large, 0));
            server.open("GET", "/", 0);
            var e = assertThrows(ExchangeException.class, () -> server.open("GET", "/", 0));
            assertEquals(ErrorCode.TOO_MANY_STREAMS, e.code());
        }
    }

    @ParameterizedTest
    @CsvSource({"'\"Slow Down\"', Slow Down", "null, Not Found", "[7], Not Found"})
    void anAnswerInJsonFormMaySayItsReason(String member, String reason) throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.open("GET", "/", 0);
            exchange.endRequest(Fields.EMPTY);
            answerWithReason(server, member);
            assertEquals(reason, exchange.receiveHead().reason());
            assertNull(exchange.receive());
        }
    }

    @Test
    void aReasonThatWouldEndTheLineIsMalformed() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            Exchange exchange = server.open("GET", "/", 0);
            exchange.endRequest(Fields.EMPTY);
            answerWithReason(server, "\"a\\r\\nB: c\"");
            ServerSide.assertFails(ErrorCode.AGENT_ANSWER_MALFORMED, exchange::receiveHead);
        }
    }

    private static void answerWithReason(BinaryServer server, String member) throws Exception {
        server.agent.sendText(
                "{\"type\":\"resp\",\"req_id\":\"1\",\"status\":404,\"reason\":" + member + "}");
    }

    @Test
    void smallRequestInJsonFormHasItsAnswerInFrames() throws Exception {
        try (var server = new BinaryServer().greeted()) {
            RequestHead head = RequestHead.of("POST", "/p?q", Fields.of("Content-Length", "2"));
            Exchange exchange = server.open(head, 2);
            exchange.send(HI);
            exchange.endRequest(Fields.EMPTY);
            assertEquals(new JsonMessage.Request("1", head, HI), server.agent.nextText());
            server.agent.send(head(200), chunk(Bytes.wrap(new byte[60_000]), false));
            exchange.receiveHead();
            exchange.receive();
            // More than the agent was promised in hello goes on coming: what is due is granted.
            Future<Bytes> more = ServerSide.start(exchange::receive);
            int credit = server.agent.next(Frame.Credit.class).increment();
            assertEquals(256 * 1024 - 64 * 1024 + 60_000, credit);
            server.agent.send(chunk(HI, true));
            assertEquals(HI, ServerSide.get(more));
        }
    }
}
