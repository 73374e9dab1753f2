package io.cloudtunnel.protocol.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Does the binary codec do what docs/protocol.md says, vector by vector? */
class BinaryVectorsTest {

    private static final Path FILE = Path.of("../docs/vectors/binary.json");
    private static final int HEAD_MAX = Greeting.DEFAULT.headMax();

    /** Decoded, these hold less than their bytes: an extension, or a number that is not known. */
    private static final Set<String> ONE_WAY =
            Set.of(
                    "optional-type",
                    "optional-type-any-flag-and-stream",
                    "stop-unknown-reason",
                    "reset-unknown-reason");

    static Stream<Named<JsonNode>> messages() throws IOException {
        JsonNode all = new ObjectMapper().readTree(FILE.toFile()).get("messages");
        return StreamSupport.stream(all.spliterator(), false)
                .map(vector -> Named.of(vector.get("name").asText(), vector));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void decodes(JsonNode vector) throws IOException {
        Bytes message = bytes(vector, "hex");
        if (vector.has("error")) {
            ProtocolException wrong =
                    assertThrows(
                            ProtocolException.class, () -> BinaryCodec.decode(message, HEAD_MAX));
            assertEquals(vector.get("error").asText(), wrong.word());
            assertEquals(4000, wrong.closeCode());
        } else {
            assertEquals(frames(vector), BinaryCodec.decode(message, HEAD_MAX));
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void encodes(JsonNode vector) {
        String name = vector.get("name").asText();
        if (vector.has("error") || ONE_WAY.contains(name) || name.startsWith("hello-")) {
            return; // a hello of ours says more than it needs to: see HelloTest
        }
        List<Bytes> parts = new ArrayList<>();
        int size = 0;
        for (Frame frame : frames(vector)) {
            int length = BinaryCodec.encode(frame, parts);
            assertEquals(length <= BinaryCodec.mostBytes(frame), true, "mostBytes is a bound");
            size += length;
        }
        assertEquals(bytes(vector, "hex"), Bytes.join(parts));
        assertEquals(bytes(vector, "hex").length(), size);
    }

    private static List<Frame> frames(JsonNode vector) {
        List<Frame> frames = new ArrayList<>();
        for (JsonNode frame : vector.get("frames")) {
            if (!frame.get("type").asText().equals("unknown")) {
                frames.add(frame(frame));
            }
        }
        return frames;
    }

    private static Frame frame(JsonNode f) {
        int stream = f.path("stream").asInt();
        return switch (f.get("type").asText()) {
            case "hello" -> new Frame.Hello(greeting(f));
            case "ping" -> new Frame.Ping(number(f));
            case "pong" -> new Frame.Pong(number(f));
            case "leaving" ->
                    new Frame.Leaving(
                            f.get("milliseconds").asLong(), reason(f, Reason.NONE), text(f));
            case "go-away" ->
                    new Frame.GoAway(f.get("last_stream").asInt(), reason(f, Reason.NONE), text(f));
            case "req" -> request(f, stream);
            case "req-chunk" -> new Frame.ReqChunk(stream, data(f), flag(f, "END"), trailers(f));
            case "resp" ->
                    new Frame.Resp(
                            stream,
                            new ResponseHead(
                                    f.get("status").asInt(), f.get("reason").asText(), fields(f)),
                            flag(f, "END"));
            case "resp-chunk" -> new Frame.RespChunk(stream, data(f), flag(f, "END"), trailers(f));
            case "credit" -> new Frame.Credit(stream, f.get("increment").asInt());
            case "stop" -> new Frame.Stop(stream, reason(f, Reason.NONE));
            case "reset" -> new Frame.Reset(stream, reason(f, Reason.INTERNAL), text(f));
            case "refused" -> new Frame.Refused(stream, reason(f, Reason.DRAINING), text(f));
            default -> throw new AssertionError("a type that this test does not know");
        };
    }

    private static Frame request(JsonNode f, int stream) {
        var head = RequestHead.of(f.get("method").asText(), f.get("target").asText(), fields(f));
        int credit = f.get("credit").asInt();
        return new Frame.Req(stream, credit, head, flag(f, "END"), flag(f, "UPGRADE"));
    }

    private static Greeting greeting(JsonNode f) {
        assertEquals(1, f.get("version").asInt());
        return new Greeting(
                f.get("streams").asInt(),
                f.get("head_max").asInt(),
                f.get("window").asInt(),
                f.get("json_max_body").asInt(),
                f.get("text_max").asInt(),
                f.get("software").asText(),
                f.get("agent").asText(),
                f.get("exclusive").asBoolean(),
                f.get("policy").isNull() ? "" : f.get("policy").asText());
    }

    private static boolean flag(JsonNode f, String name) {
        return StreamSupport.stream(f.get("flags").spliterator(), false)
                .anyMatch(flag -> flag.asText().equals(name));
    }

    private static Reason reason(JsonNode f, Reason otherwise) {
        return Reason.of(f.get("reason").asInt(), otherwise);
    }

    private static String text(JsonNode f) {
        return f.get("text").asText();
    }

    private static long number(JsonNode f) {
        return Long.parseUnsignedLong(f.get("data").asText(), 16);
    }

    private static Bytes data(JsonNode f) {
        return f.has("data") || f.has("zeros") ? bytes(f, "data") : Bytes.EMPTY;
    }

    private static @Nullable Fields trailers(JsonNode f) {
        return flag(f, "TRAILERS") ? fields(f) : null;
    }

    private static Fields fields(JsonNode f) {
        Fields.Builder fields = Fields.builder();
        f.get("fields").forEach(pair -> fields.add(pair.get(0).asText(), pair.get(1).asText()));
        return fields.build();
    }

    /** The hex of a member, and as many zeros behind it as it says. */
    private static Bytes bytes(JsonNode f, String member) {
        byte[] hex = HexFormat.of().parseHex(f.path(member).asText());
        return Bytes.join(List.of(Bytes.wrap(hex), Bytes.wrap(new byte[f.path("zeros").asInt()])));
    }
}
