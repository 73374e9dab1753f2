package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.JsonCodec;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.ws.WsEvent;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** JSON mode on a WebSocket: what the link in memory cannot show. */
@Timeout(60)
class JsonOverWsTest {

    private static Future<Boolean> serving(JsonUpstream upstream) {
        return ServerSide.start(() -> {
            upstream.serve();
            return true;
        });
    }

    @Test
    void aRequestIsAnswered() throws Exception {
        try (WsEnds ends = new WsEnds(Limit.streams(9))) {
            var upstream = new JsonUpstream(ends.link, Limit.streams(9), new MemoryBudget(9999));
            Future<Boolean> reader = serving(upstream);
            Exchange exchange = upstream.open(ServerSide.get("/"), 0);
            exchange.endRequest(Fields.EMPTY);
            var text = assertInstanceOf(WsEvent.Text.class, ends.event());
            var request =
                    assertInstanceOf(JsonMessage.Request.class, JsonCodec.decode(text.payload()));
            var head = new ResponseHead(200, Fields.EMPTY);
            ends.out.text(
                    JsonCodec.encode(
                            new JsonMessage.Response(request.id(), head, Bytes.utf8("hi"))));
            exchange.receiveHead();
            assertEquals("hi", ServerSide.body(exchange));
            ends.out.close(1000, "");
            ServerSide.get(reader);
        }
    }

    /** Whoever runs the reader ends the connection behind it, so it has to wait for the peer. */
    @Test
    void theReaderStaysUntilThePeerHasSeenWhyTheLinkEnds() throws Exception {
        try (WsEnds ends = new WsEnds(Limit.streams(9))) {
            var upstream = new JsonUpstream(ends.link, Limit.streams(9), new MemoryBudget(9999));
            Future<Boolean> reader = serving(upstream);
            Exchange exchange = upstream.open(ServerSide.get("/"), 0);
            exchange.endRequest(Fields.EMPTY);
            ends.out.text(Bytes.utf8("hello"));
            // At once, not when the peer has closed:
            ServerSide.assertFails(ErrorCode.AGENT_ANSWER_MALFORMED, exchange::receiveHead);
            assertInstanceOf(WsEvent.Text.class, ends.event());
            assertEquals(1007, ends.closeFrame().code());
            assertThrows(TimeoutException.class, () -> reader.get(100, TimeUnit.MILLISECONDS));
            ends.out.text(Bytes.utf8("{}")); // dropped
            ends.out.close(1000, "");
            assertThrows(ExecutionException.class, () -> ServerSide.get(reader));
        }
    }

    private static Bytes answer(String id, int size) {
        var head = new ResponseHead(200, Fields.EMPTY);
        return JsonCodec.encode(new JsonMessage.Response(id, head, Bytes.wrap(new byte[size])));
    }

    private static String requested(WsEnds ends) throws Exception {
        var text = assertInstanceOf(WsEvent.Text.class, ends.event());
        return assertInstanceOf(JsonMessage.Request.class, JsonCodec.decode(text.payload())).id();
    }

    @Test
    void anAnswerForWhichThereIsNoMemoryFailsAlone() throws Exception {
        var budget = new MemoryBudget(1 << 20);
        try (WsEnds ends = new WsEnds(Limit.body(4 << 20), budget)) {
            var upstream = new JsonUpstream(ends.link, Limit.body(4 << 20), budget);
            Future<Boolean> reader = serving(upstream);
            Exchange large = upstream.open(ServerSide.get("/large"), 0);
            large.endRequest(Fields.EMPTY);
            String first = requested(ends);
            Exchange other = upstream.open(ServerSide.get("/other"), 0);
            other.endRequest(Fields.EMPTY);
            String second = requested(ends);
            ends.out.text(answer(first, 2 << 20));
            ServerSide.assertFails(ErrorCode.OUT_OF_BUDGET, large::receiveHead);
            ends.out.text(answer(second, 100 << 10));
            other.receiveHead();
            assertEquals(100 << 10, ServerSide.body(other).length());
            other.cancel(Tunnel.gone());
            ends.out.close(1000, "");
            ServerSide.get(reader);
            assertEquals(0, budget.usedBytes());
        }
    }

    @Test
    void whatAClientHasNotTakenYetCounts() throws Exception {
        var budget = new MemoryBudget(8 << 20);
        try (WsEnds ends = new WsEnds(Limit.body(4 << 20), budget)) {
            var upstream = new JsonUpstream(ends.link, Limit.body(4 << 20), budget);
            Future<Boolean> reader = serving(upstream);
            Exchange exchange = upstream.open(ServerSide.get("/"), 0);
            exchange.endRequest(Fields.EMPTY);
            ends.out.text(answer(requested(ends), 1 << 20));
            exchange.receiveHead();
            assertEquals(Bytes.wrap(new byte[1 << 20]), exchange.receive());
            ends.out.close(1000, "");
            ServerSide.get(reader); // nothing of the message is held by now
            assertEquals(1 << 20, budget.usedBytes(), "it may still be on its way to the client");
            assertNull(exchange.receive());
            assertEquals(0, budget.usedBytes());
            exchange.cancel(Tunnel.gone());
            assertEquals(0, budget.usedBytes());
        }
    }

    @Test
    void aRequestForWhichTheAgentHasNoMemoryIsRefusedAlone() throws Exception {
        var budget = new MemoryBudget(1 << 20);
        var limits = Limit.body(4 << 20);
        try (WsEnds ends = new WsEnds(limits, budget)) {
            var local = new ScriptedUpstream();
            var agent = new JsonResponder(ends.link, local, limits, budget, ends.timer);
            Future<Boolean> reader =
                    ServerSide.start(() -> {
                        agent.serve();
                        return true;
                    });
            RequestHead head = ServerSide.get("/");
            ends.out.text(
                    JsonCodec.encode(
                            new JsonMessage.Request("7", head, Bytes.wrap(new byte[2 << 20]))));
            ends.out.text(JsonCodec.encode(new JsonMessage.Request("8", head, Bytes.EMPTY)));
            var text = assertInstanceOf(WsEvent.Text.class, ends.event());
            var refusal =
                    assertInstanceOf(JsonMessage.Response.class, JsonCodec.decode(text.payload()));
            assertEquals("7", refusal.id());
            AgentSide.assertFailure(ErrorCode.OUT_OF_BUDGET, refusal);
            local.next().answer(200, Fields.EMPTY, Bytes.EMPTY);
            assertInstanceOf(WsEvent.Text.class, ends.event());
            ends.out.close(1000, "");
            ServerSide.get(reader);
            assertEquals(0, budget.usedBytes());
        }
    }

    @Test
    void anAnswerOfWhichNobodyCanTellWhoseItIsEndsTheLink() throws Exception {
        var budget = new MemoryBudget(1 << 20);
        try (WsEnds ends = new WsEnds(Limit.body(4 << 20), budget)) {
            var upstream = new JsonUpstream(ends.link, Limit.body(4 << 20), budget);
            Future<Boolean> reader = serving(upstream);
            String blanks = " ".repeat(3 << 20);
            ends.out.text(Bytes.utf8("{" + blanks + "\"type\":\"resp\",\"req_id\":\"1\"}"));
            WsEvent.Close close = ends.closeFrame();
            assertEquals(1008, close.code());
            assertEquals("out of memory budget for a message without req_id", close.reason());
            ends.out.close(1000, "");
            assertThrows(ExecutionException.class, () -> ServerSide.get(reader));
            assertEquals(0, budget.usedBytes());
        }
    }
}
