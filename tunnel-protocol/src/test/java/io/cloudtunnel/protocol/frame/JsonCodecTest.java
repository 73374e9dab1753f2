package io.cloudtunnel.protocol.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCodecTest {

    private static JsonMessage decode(String text) throws JsonSyntaxException {
        return JsonCodec.decode(Bytes.utf8(text));
    }

    private static JsonMessage.Response response(String members) throws JsonSyntaxException {
        return assertInstanceOf(
                JsonMessage.Response.class,
                decode("{\"type\":\"resp\",\"req_id\":\"1\",\"status\":200" + members + "}"));
    }

    private static String malformed(String members) throws JsonSyntaxException {
        return assertInstanceOf(
                        JsonMessage.MalformedResponse.class,
                        decode(
                                "{\"type\":\"resp\",\"req_id\":\"1\",\"status\":200"
                                        + members
                                        + "}"))
                .problem();
    }

    @Test
    void randomContentComesBack() throws IOException {
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            var head =
                    new RequestHead(
                            "M" + random.nextInt(9),
                            "/" + text(random, 0x21),
                            random.nextBoolean() ? null : "q" + text(random, 0x21),
                            fields(random));
            var request = new JsonMessage.Request("id" + i, head, body(random));
            assertEquals(request, JsonCodec.decode(JsonCodec.encode(request)), "case " + i);
            var answer =
                    new JsonMessage.Response(
                            text(random, 0),
                            new ResponseHead(200 + random.nextInt(800), fields(random)),
                            body(random));
            assertEquals(answer, JsonCodec.decode(JsonCodec.encode(answer)), "case " + i);
        }
    }

    private static String text(Random random, int least) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            char c = (char) (least + random.nextInt(0x100 - least));
            if (c != 0 && c != '\r' && c != '\n' && c != 0x7F) {
                text.append(c);
            }
        }
        return text.toString();
    }

    /** Lines of one name together: otherwise their order would change. */
    private static Fields fields(Random random) {
        Fields.Builder fields = Fields.builder();
        for (int name = random.nextInt(6); name > 0; name--) {
            for (int i = random.nextInt(3); i >= 0; i--) {
                fields.add("X-" + name, text(random, 1));
            }
        }
        return fields.build();
    }

    private static Bytes body(Random random) {
        byte[] body = new byte[random.nextInt(200)];
        random.nextBytes(body);
        return Bytes.wrap(body, body.length / 2, body.length - body.length / 2);
    }

    @Test
    void membersMayComeInAnyOrder() throws IOException {
        List<String> members =
                new ArrayList<>(
                        List.of(
                                "\"type\":\"resp\"",
                                "\"req_id\":\"1\"",
                                "\"status\":201",
                                "\"headers\":{\"A\":[\"1\"]}",
                                "\"body\":\"aGk=\"",
                                "\"later\":[[{\"body\":{}}],null]"));
        var expected =
                new JsonMessage.Response(
                        "1", new ResponseHead(201, Fields.of("A", "1")), Bytes.utf8("hi"));
        Random random = new Random(11);
        for (int i = 0; i < 100; i++) {
            Collections.shuffle(members, random);
            assertEquals(
                    expected, decode("{" + String.join(",", members) + "}"), members::toString);
        }
    }

    @Test
    void aWrongMemberDoesNotHideWhoseItIs() throws IOException {
        String text =
                "{\"body\":[1,{\"x\":[]}],\"headers\":{\"A\":[{\"b\":[]}]},"
                        + "\"status\":\"x\",\"type\":\"resp\",\"req_id\":\"9\"}";
        assertEquals("9", assertInstanceOf(JsonMessage.MalformedResponse.class, decode(text)).id());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"resp\",\"req_id\":\"1\",\"status\":\"x\"",
                "{\"type\":\"resp\",\"req_id\":\"1\",\"status\":\"x\",}",
                "{\"type\":\"resp\",\"req_id\":\"1\",\"body\":\"*\"} x",
                "{\"type\":\"resp\",\"req_id\":\"1\",\"body\":\"aGk=",
                "{\"type\":\"resp\",\"req_id\":\"1\",\"body\":\"aGk\\",
                "{\"type\":\"resp\",\"req_id\":\"1\",\"headers\":{\"A\":[1}",
            })
    void whatIsNotJsonIsRefusedAlsoBehindAWrongMember(String text) {
        assertThrows(JsonSyntaxException.class, () -> decode(text));
    }

    @Test
    void onlyUtf8IsRead() {
        String text = "{\"type\":\"resp\",\"req_id\":\"1\",\"status\":200}";
        for (String name : List.of("UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE")) {
            Bytes other = Bytes.wrap(text.getBytes(Charset.forName(name)));
            assertThrows(JsonSyntaxException.class, () -> JsonCodec.decode(other), name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-20", "000", "100", "199", "2e2", "200.0", "1000", "20", "true"})
    void aStatusIsAnIntegerFrom200To999(String status) throws IOException {
        String text = "{\"type\":\"resp\",\"req_id\":\"1\",\"status\":" + status + "}";
        if (status.equals("000")) {
            assertThrows(JsonSyntaxException.class, () -> decode(text));
        } else {
            assertInstanceOf(JsonMessage.MalformedResponse.class, decode(text));
        }
    }

    @Test
    void anIdIsEchoedAsItCame() throws IOException {
        for (String id :
                List.of("7", "\"7\"", "-1.5e3", "\"\\ud83d\"", "\"\\u20ac\"", "\"\\\"\"")) {
            String text = "{\"type\":\"req\",\"req_id\":" + id + ",\"method\":\"GET\"}";
            var request = assertInstanceOf(JsonMessage.Request.class, decode(text));
            Bytes answer =
                    JsonCodec.encode(
                            new JsonMessage.Response(
                                    request.id(),
                                    request.numericId(),
                                    new ResponseHead(200, Fields.EMPTY),
                                    Bytes.EMPTY));
            ObjectMapper mapper = new ObjectMapper();
            assertEquals(mapper.readTree(id), mapper.readTree(answer.toByteArray()).get("req_id"));
        }
        for (String id : List.of("true", "null", "{}", "[\"1\"]")) {
            String text = "{\"req_id\":" + id + ",\"type\":\"req\",\"method\":\"GET\"}";
            assertInstanceOf(JsonMessage.Unknown.class, decode(text), id);
        }
    }

    @Test
    void aTypeIsShownInPartOnly() throws IOException {
        String type = "t".repeat(100);
        assertEquals(
                new JsonMessage.Unknown("t".repeat(32)), decode("{\"type\":\"" + type + "\"}"));
        assertEquals(
                new JsonMessage.Unknown(null), decode("{\"type\":[\"resp\"],\"req_id\":\"1\"}"));
    }

    @Test
    void deepNestingCostsAtMostItsRequest() throws IOException {
        String deep = "[".repeat(100_000);
        assertInstanceOf(
                JsonMessage.MalformedResponse.class,
                decode("{\"type\":\"resp\",\"req_id\":\"1\",\"x\":" + deep));
        assertThrows(JsonSyntaxException.class, () -> decode("{\"x\":" + deep));
        assertThrows(JsonSyntaxException.class, () -> decode("{\"a\":".repeat(100_000)));
    }

    @Test
    void aBodyMayHaveEscapes() throws IOException {
        byte[] body = new byte[3000];
        new Random(3).nextBytes(body);
        String base64 = Base64.getEncoder().encodeToString(body);
        for (String text :
                List.of(
                        base64.replace("/", "\\/"),
                        base64.replace("+", "\\u002b").replace("/", "\\u002F"),
                        base64.replace("A", "\\u0041"))) {
            assertFalse(text.equals(base64));
            assertEquals(Bytes.wrap(body), response(",\"body\":\"" + text + "\"").body());
        }
        for (String text : List.of("\\n", "aG\\nk", "\\u00e9", "\\\\", "\\\"", "aGk\\u003d=")) {
            assertTrue(malformed(",\"body\":\"" + text + "\"").contains("base64"), text);
        }
    }

    @Test
    void valuesAreBytesInBothDirections() throws IOException {
        String latin1 = "caf\u00e9 \u0080\u00ff\t";
        var request =
                new JsonMessage.Request(
                        "1",
                        new RequestHead("GET", "/\u00e9", "\u00ff", Fields.of("A", latin1)),
                        Bytes.EMPTY);
        JsonNode read = new ObjectMapper().readTree(JsonCodec.encode(request).toByteArray());
        assertEquals(latin1, read.get("headers").get("A").get(0).asText());
        assertEquals("/\u00e9", read.get("path").asText());
        Fields fields =
                response(",\"headers\":{\"A\":\"\u00e9\u20ac\",\"B\":\"\\ud83d\\ude00\"}")
                        .head()
                        .fields();
        assertEquals(Bytes.utf8("\u00e9\u20ac").latin1(), fields.first("A"));
        assertEquals(Bytes.utf8("\ud83d\ude00").latin1(), fields.first("B"));
        assertEquals(
                "?x", response(",\"headers\":{\"A\":\"\\ud83dx\"}").head().fields().first("A"));
    }

    @Test
    void aProblemQuotesNothing() throws IOException {
        for (String members :
                List.of(
                        ",\"headers\":{\"A\":[\"hunter2\\n\"]}",
                        ",\"headers\":{\"hunter2 \":[\"\"]}",
                        ",\"body\":\"hunter2!\"",
                        ",\"status\":\"hunter2\"")) {
            assertFalse(malformed(members).contains("hunter2"), members);
        }
        var e = assertThrows(JsonSyntaxException.class, () -> decode("hunter2"));
        assertFalse(String.valueOf(e.getMessage()).contains("hunter2"));
    }

    @Test
    void headersHaveALimit() throws IOException {
        String value = "v".repeat(1000);
        String many = (",\"" + value + "\"").repeat(2000).substring(1);
        assertEquals("headers are too long", malformed(",\"headers\":{\"A\":[" + many + "]}"));
        assertInstanceOf(
                JsonMessage.MalformedResponse.class,
                decode(
                        "{\"type\":\"resp\",\"req_id\":\"1\",\"headers\":{\"A\":\""
                                + "v".repeat(2_000_000)
                                + "\"}}"));
    }

    @Test
    void aLargeBodyComesBackInLinearTimeAndMemory() throws Exception {
        byte[] body = new byte[10 << 20];
        new Random(5).nextBytes(body);
        assertEquals(answer(body), JsonCodec.decode(JsonCodec.encode(answer(body))));
        Cost small = Cost.of(1 << 20);
        Cost large = Cost.of(10 << 20);
        assertTrue(large.bytes() < 12 * small.bytes(), small + ", ten times as much: " + large);
        assertTrue(large.bytes() < 10L * (10 << 20), large::toString);
        // A quadratic step would show as 100 times; the best of several runs knows little noise.
        assertTrue(large.nanos() < 40 * small.nanos(), small + ", ten times as much: " + large);
    }

    private static JsonMessage.Response answer(byte[] body) {
        var head = new ResponseHead(200, Fields.EMPTY);
        return new JsonMessage.Response("1", head, Bytes.wrap(body));
    }

    /** What encoding and decoding a body takes: bytes allocated, and the best time. */
    private record Cost(long bytes, long nanos) {

        static Cost of(int size) throws Exception {
            var answer = answer(new byte[size]);
            long bytes = Long.MAX_VALUE;
            long nanos = Long.MAX_VALUE;
            for (int i = 0; i < 5; i++) {
                long bytesBefore = allocated();
                long nanosBefore = System.nanoTime();
                JsonCodec.decode(JsonCodec.encode(answer));
                nanos = Math.min(nanos, System.nanoTime() - nanosBefore);
                bytes = Math.min(bytes, allocated() - bytesBefore);
            }
            return new Cost(bytes, nanos);
        }

        /** By reflection, since this module does not read that one. */
        private static long allocated() throws Exception {
            Object threads =
                    Class.forName("java.lang.management.ManagementFactory")
                            .getMethod("getThreadMXBean")
                            .invoke(null);
            return (long)
                    Class.forName("com.sun.management.ThreadMXBean")
                            .getMethod("getCurrentThreadAllocatedBytes")
                            .invoke(threads);
        }
    }

    @Test
    void aWholeMessageMayBeASliceOfAnother() throws IOException {
        String text = "xxx{\"type\":\"resp\",\"req_id\":\"1\",\"body\":\"aGk=\",\"status\":200}yyy";
        byte[] around = text.getBytes(StandardCharsets.US_ASCII);
        var message = JsonCodec.decode(Bytes.wrap(around, 3, around.length - 6));
        assertEquals(
                Bytes.utf8("hi"), assertInstanceOf(JsonMessage.Response.class, message).body());
    }
}
