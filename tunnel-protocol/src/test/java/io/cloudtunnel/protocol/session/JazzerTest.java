package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.JsonCodec;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.JsonSyntaxException;
import io.cloudtunnel.protocol.frame.ProtocolException;
import io.cloudtunnel.protocol.http.HttpException;
import io.cloudtunnel.protocol.http.HttpInput;
import io.cloudtunnel.protocol.http.HttpLimits;
import io.cloudtunnel.protocol.ws.Role;
import io.cloudtunnel.protocol.ws.WsEvent;
import io.cloudtunnel.protocol.ws.WsException;
import io.cloudtunnel.protocol.ws.WsReader;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;

/**
 * Does anything that a peer can send do more than is stated? Run as tests these take the corpus in
 * {@code JazzerTestInputs}; with {@code JAZZER_FUZZ=1} Jazzer makes inputs of its own, for one
 * method at a time (docs/decisions/fuzzing.md).
 */
class JazzerTest {

    /** What is decoded can be sent on, and then says the same for ever. */
    @FuzzTest(maxDuration = "2m")
    void binary(byte[] message) throws ProtocolException {
        List<Frame> frames;
        try {
            frames = decoded(Bytes.wrap(message));
        } catch (ProtocolException stated) {
            assertEquals(4000, stated.closeCode());
            return;
        }
        if (!frames.isEmpty()) {
            List<Frame> again = decoded(encoded(frames)); // a text that was repaired may be cut
            assertEquals(frames.size(), again.size());
            assertEquals(again, decoded(encoded(again)));
        }
    }

    private static List<Frame> decoded(Bytes message) throws ProtocolException {
        return BinaryCodec.decode(message, Greeting.DEFAULT.headMax());
    }

    private static Bytes encoded(List<Frame> frames) {
        List<Bytes> parts = new ArrayList<>();
        frames.forEach(frame -> BinaryCodec.encode(frame, parts));
        return Bytes.join(parts);
    }

    @FuzzTest(maxDuration = "2m")
    void json(byte[] text) throws JsonSyntaxException {
        Bytes bytes = Bytes.wrap(text);
        JsonCodec.beginning(bytes); // of whatever
        JsonMessage message;
        try {
            message = JsonCodec.decode(bytes);
        } catch (JsonSyntaxException stated) {
            return;
        }
        switch (message) {
            case JsonMessage.Request request ->
                    assertInstanceOf(
                            JsonMessage.Request.class, JsonCodec.decode(JsonCodec.encode(request)));
            case JsonMessage.Response response ->
                    assertInstanceOf(
                            JsonMessage.Response.class,
                            JsonCodec.decode(JsonCodec.encode(response)));
            default -> {}
        }
    }

    @FuzzTest(maxDuration = "2m")
    void webSocket(byte[] wire) throws IOException {
        var budget = new MemoryBudget(1 << 20);
        var in = new ByteArrayInputStream(wire);
        var reader = new WsReader(in, Role.CLIENT, 4 << 20, BinaryCodec.MAX_MESSAGE, budget);
        try {
            WsEvent event = reader.next();
            while (!(event instanceof WsEvent.End)) {
                event = reader.next();
            }
        } catch (WsException stated) {
            assertTrue(stated.closeCode() >= 1002 && stated.closeCode() <= 1009);
        } catch (EOFException cut) {
            assertTrue(reader.bytesReceived() <= wire.length);
        }
        assertEquals(0, budget.usedBytes());
    }

    /** A request with its body, and what follows it on the connection. */
    @FuzzTest(maxDuration = "2m")
    void http(byte[] wire) throws IOException {
        var input = new HttpInput(new ByteArrayInputStream(wire), HttpLimits.DEFAULT);
        long taken = 0;
        try {
            while (input.readRequest() != null) {
                Bytes piece = input.body().read();
                while (piece != null) {
                    taken += piece.length();
                    piece = input.body().read();
                }
            }
        } catch (HttpException stated) {
            assertTrue(taken <= wire.length);
        } catch (EOFException cut) {
            assertTrue(taken <= wire.length);
        }
        assertTrue(taken <= wire.length, "no byte comes from nowhere");
    }

    /** An agent's session, whose server says hello and then this. */
    @FuzzTest(maxDuration = "2m")
    void session(byte[] script) throws Exception {
        try (var agent = new BinaryAgent(new EchoUpstream())) {
            try {
                agent.server.hello();
                int at = 0;
                while (at < script.length) { // a byte of length, and a message
                    int end = Math.min(script.length, at + 1 + (script[at] & 0xFF));
                    byte[] message = Arrays.copyOfRange(script, at + 1, end);
                    agent.server.link.send(new Message.Binary(Bytes.wrap(message)));
                    at = end;
                }
                agent.server.link.close(1000, "");
            } catch (IOException e) {
                assertTrue(agent.server.link.closeCode() != 0, "it ended the link, and says why");
            }
            try {
                agent.ended();
            } catch (ExecutionException e) {
                assertInstanceOf(IOException.class, e.getCause());
            }
        }
    }
}
