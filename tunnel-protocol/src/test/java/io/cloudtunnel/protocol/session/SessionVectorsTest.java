package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.RequestHead;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Does a session do what docs/protocol.md says with what it receives, vector by vector? */
class SessionVectorsTest {

    private static final Path FILE = Path.of("../docs/vectors/binary.json");

    static Stream<Named<JsonNode>> at(String side) throws IOException {
        JsonNode all = new ObjectMapper().readTree(FILE.toFile()).get("sessions");
        return StreamSupport.stream(all.spliterator(), false)
                .filter(vector -> vector.get("at").asText().equals(side))
                .map(vector -> Named.of(vector.get("name").asText(), vector));
    }

    static Stream<Named<JsonNode>> atAgent() throws IOException {
        return at("agent");
    }

    static Stream<Named<JsonNode>> atServer() throws IOException {
        return at("server");
    }

    @ParameterizedTest
    @MethodSource("atAgent")
    void agent(JsonNode vector) throws Exception {
        var budget = new MemoryBudget(64 << 20);
        try (var agent =
                new BinaryAgent(new StalledUpstream(), own(vector), Limit.streams(1000), budget)) {
            for (JsonNode message : vector.get("receives")) {
                receives(agent.server, message);
            }
            ends(agent.server, vector);
        }
    }

    @ParameterizedTest
    @MethodSource("atServer")
    void server(JsonNode vector) throws Exception {
        JsonNode opens = vector.path("opens").path(0);
        boolean body = opens.has("end") && !opens.get("end").asBoolean();
        var budget = new MemoryBudget((body ? 2 : 1) * WindowSizer.LEAST + 1000);
        try (var server = new BinaryServer(own(vector), Limit.streams(1000), budget)) {
            boolean first = true;
            for (JsonNode message : vector.get("receives")) {
                receives(server.agent, message);
                if (first && !opens.isMissingNode()) {
                    RequestHead head = RequestHead.of("GET", "/", Fields.EMPTY);
                    server.open(head, body ? Exchange.UNKNOWN_LENGTH : 0);
                    Frame.Req req = server.agent.next(Frame.Req.class);
                    assertEquals(opens.get("stream").asInt(), req.stream());
                    assertEquals(opens.get("credit").asInt(), req.credit());
                }
                first = false;
            }
            ends(server.agent, vector);
        }
    }

    private static Greeting own(JsonNode vector) {
        Greeting g = Greeting.DEFAULT;
        JsonNode hello = vector.path("hello");
        return new Greeting(
                hello.path("streams").asInt(g.streams()),
                hello.path("head-max").asInt(g.headMax()),
                hello.path("window").asInt(g.window()),
                hello.path("json-max-body").asInt(g.jsonMaxBody()),
                hello.path("text-max").asInt(g.textMax()),
                "",
                "",
                false,
                "");
    }

    private static void receives(BinaryPeer peer, JsonNode message) throws IOException {
        if (message.has("text")) {
            peer.sendText(message.get("text").asText());
        } else {
            byte[] hex = HexFormat.of().parseHex(message.get("binary").asText());
            byte[] zeros = new byte[message.path("zeros").asInt()];
            peer.link.send(
                    new Message.Binary(Bytes.join(List.of(Bytes.wrap(hex), Bytes.wrap(zeros)))));
        }
    }

    private static void ends(BinaryPeer peer, JsonNode vector) throws Exception {
        JsonNode ends = vector.get("ends");
        if (ends.isNull()) {
            peer.settle();
            return;
        }
        peer.awaitEnd();
        assertEquals(ends.get("close").asInt(), peer.link.closeCode());
        if (!ends.get("word").isNull()) {
            assertTrue(
                    peer.link.closeReason().startsWith(ends.get("word").asText()),
                    peer.link::closeReason);
        }
    }
}
