package io.cloudtunnel.protocol.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Does the codec do what docs/protocol.md says, vector by vector? */
class JsonVectorsTest {

    static final Path FILE = Path.of("../docs/vectors/json-mode.json");

    static Stream<Named<JsonNode>> vectors() throws IOException {
        JsonNode all = new ObjectMapper().readTree(FILE.toFile()).get("vectors");
        return StreamSupport.stream(all.spliterator(), false)
                .map(vector -> Named.of(vector.get("name").asText(), vector));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void decodes(JsonNode vector) throws IOException {
        Bytes text = text(vector);
        if (vector.has("decoded")) {
            assertEquals(expected(vector), JsonCodec.decode(text));
            return;
        }
        switch (vector.get("outcome").asText()) {
            case "close" -> {
                assertEquals(1007, vector.get("close").asInt());
                assertThrows(JsonSyntaxException.class, () -> JsonCodec.decode(text));
            }
            case "ignored" -> ignored(vector, JsonCodec.decode(text));
            case "fails" -> {
                String id = vector.get("req_id").asText();
                switch (JsonCodec.decode(text)) {
                    case JsonMessage.MalformedRequest wrong -> {
                        assertEquals("bad-request", vector.get("error").asText());
                        assertEquals(id, wrong.id());
                    }
                    case JsonMessage.MalformedResponse wrong -> {
                        assertEquals("agent-answer-malformed", vector.get("error").asText());
                        assertEquals(id, wrong.id());
                    }
                    case JsonMessage other -> fail("accepted as " + other);
                }
            }
            default -> fail("an outcome that this test does not know");
        }
    }

    /** Which requests are open is not the codec's concern. */
    private static void ignored(JsonNode vector, JsonMessage message) {
        if (vector.get("name").asText().equals("ignored-req-id-not-open")) {
            assertInstanceOf(JsonMessage.Response.class, message);
        } else {
            assertInstanceOf(JsonMessage.Unknown.class, message);
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void encodes(JsonNode vector) {
        if (!vector.path("canonical").asBoolean()) {
            return; // one of many texts for the same content
        }
        Bytes encoded =
                switch (expected(vector)) {
                    case JsonMessage.Request request -> JsonCodec.encode(request);
                    case JsonMessage.Response response -> JsonCodec.encode(response);
                    default -> throw new AssertionError("not a message to be sent");
                };
        assertEquals(text(vector).utf8(), encoded.utf8());
    }

    private static Bytes text(JsonNode vector) {
        return vector.has("text")
                ? Bytes.utf8(vector.get("text").asText())
                : hex(vector.get("text_hex"));
    }

    private static Bytes hex(JsonNode node) {
        return Bytes.wrap(HexFormat.of().parseHex(node.asText()));
    }

    private static JsonMessage expected(JsonNode vector) {
        JsonNode decoded = vector.get("decoded");
        String id = decoded.get("req_id").asText();
        Fields.Builder fields = Fields.builder();
        decoded.get("fields").forEach(f -> fields.add(f.get(0).asText(), f.get(1).asText()));
        Bytes body = hex(decoded.get("body"));
        if (vector.get("direction").asText().equals("resp")) {
            int status = decoded.get("status").asInt();
            return new JsonMessage.Response(id, new ResponseHead(status, fields.build()), body);
        }
        var head =
                new RequestHead(
                        decoded.get("method").asText(),
                        decoded.get("path").asText(),
                        textOrNull(decoded.get("query")),
                        fields.build());
        return new JsonMessage.Request(id, head, body);
    }

    private static @Nullable String textOrNull(JsonNode node) {
        return node.isNull() ? null : node.asText();
    }
}
