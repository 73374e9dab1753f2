package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of heads at the server's end of JSON mode. */
@Timeout(60)
class JsonHeadsTest {

    @Test
    void whatHasNoPlaceInJsonModeIsLeftOut() throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(9))) {
            Fields fields = Fields.of("A", "1", "Trailer", "X-Sum", "B", "2");
            Exchange exchange = side.upstream.open(RequestHead.of("GET", "/", fields), 0);
            exchange.endRequest(Fields.of("X-Sum", "1"));
            JsonMessage.Request request = side.request();
            assertEquals(Fields.of("A", "1", "B", "2"), request.head().fields());
            Fields announced = Fields.of("Trailer", "X-Sum", "Content-Length", "0");
            side.answer(request.id(), 404, announced, "");
            assertEquals(
                    new ResponseHead(404, "Not Found", Fields.of("Content-Length", "0")),
                    exchange.receiveHead());
        }
    }

    /** An empty body that was there is told from none. */
    @Test
    void aBodyOfUnknownLengthGetsItsLengthOnceItIsWhole() throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(9))) {
            for (Bytes body : List.of(Bytes.EMPTY, Bytes.utf8("abc"))) {
                Exchange exchange =
                        side.upstream.open(ServerSide.get("/"), Exchange.UNKNOWN_LENGTH);
                exchange.send(body);
                exchange.endRequest(Fields.EMPTY);
                assertEquals(
                        Integer.toString(body.length()),
                        side.request().head().fields().first("Content-Length"));
                exchange.cancel(ExchangeException.of(ErrorCode.CANCELLED));
            }
        }
    }
}
