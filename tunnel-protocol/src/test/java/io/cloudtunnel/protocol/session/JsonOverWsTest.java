package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.JsonCodec;
import io.cloudtunnel.protocol.frame.JsonMessage;
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
}
