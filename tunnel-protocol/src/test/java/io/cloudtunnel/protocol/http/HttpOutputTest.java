package io.cloudtunnel.protocol.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written, in how many writes, and what is refused. */
class HttpOutputTest {

    @Test
    void rawBytesFollowAHeadAtOnce() throws IOException {
        ByteArrayOutputStream to = new ByteArrayOutputStream();
        HttpOutput out = new HttpOutput(to);
        assertThrows(IllegalStateException.class, out::raw);
        out.writeRequest("GET", "/", Fields.EMPTY, BodyFraming.NONE);
        assertThrows(HttpException.class, () -> out.write(Bytes.utf8("x")));
        out.raw();
        out.write(Bytes.utf8("raw"));
        assertEquals("GET / HTTP/1.1\r\n\r\nraw", to.toString(StandardCharsets.ISO_8859_1));
        out.end();
    }

    private final Wire.Recorder wire = new Wire.Recorder();
    private final HttpOutput out = new HttpOutput(wire);

    @Test
    void aRequestWithoutABody() throws IOException {
        out.writeRequest("GET", "/a?b", Fields.of("Host", "x", "A", ""), BodyFraming.NONE);
        out.end();
        assertEquals("GET /a?b HTTP/1.1\r\nHost: x\r\nA: \r\n\r\n", wire.text());
        assertEquals(1, wire.writes.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5000, 64 * 1024})
    void aHeadAndTheFirstPieceLeaveInOneWrite(int size) throws IOException {
        out.writeResponse(200, "OK", Fields.EMPTY, BodyFraming.fixed(size));
        out.write(Bytes.wrap(new byte[size]));
        out.flush();
        String head = "HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n";
        assertEquals(List.of(head.length() + size), wire.writes);
        assertTrue(wire.text().startsWith(head));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5000, 64 * 1024})
    void aChunkIsOneWriteAndTheFirstOneComesWithItsHead(int size) throws IOException {
        out.writeResponse(200, "OK", Fields.EMPTY, BodyFraming.CHUNKED);
        for (int i = 0; i < 3; i++) {
            out.write(Bytes.wrap(new byte[size]));
            out.flush();
        }
        out.end();
        int chunk = Integer.toHexString(size).length() + size + 4;
        String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        assertEquals(List.of(head.length() + chunk, chunk, chunk, 5), wire.writes);
    }

    @Test
    void aHeadAloneCanLeaveEarly() throws IOException {
        out.writeResponse(200, "OK", Fields.EMPTY, BodyFraming.CHUNKED);
        assertEquals(List.of(), wire.writes);
        out.flush();
        assertTrue(wire.text().endsWith("\r\n\r\n"));
    }

    @Test
    void interimResponsesLeaveAtOnce() throws IOException {
        out.writeResponse(103, "Early Hints", Fields.of("Link", "x"), BodyFraming.NONE);
        assertEquals("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", wire.text());
        out.writeResponse(204, "", Fields.of("Content-Length", "0"), BodyFraming.NONE);
        out.end();
        assertTrue(wire.text().endsWith("x\r\n\r\nHTTP/1.1 204 \r\n\r\n"), wire.text());
    }

    @Test
    void bodilessResponsesKeepTheLengthThatTheyState() throws IOException {
        out.writeResponse(304, "", Fields.of("Content-Length", "7"), BodyFraming.NONE);
        out.end();
        assertEquals("HTTP/1.1 304 \r\nContent-Length: 7\r\n\r\n", wire.text());
        assertThrows(IllegalStateException.class, () -> out.write(Bytes.latin1("x")));
    }

    @Test
    void aFixedBodyIsNeitherLongerNorShorterThanStated() throws IOException {
        out.writeResponse(200, "OK", Fields.of("content-length", "3"), BodyFraming.fixed(3));
        out.write(Bytes.latin1("ab"));
        assertThrows(HttpException.class, () -> out.write(Bytes.latin1("cd")));
        assertThrows(HttpException.class, out::end);
        assertThrows(
                IllegalStateException.class,
                () -> out.writeResponse(200, "OK", Fields.EMPTY, BodyFraming.NONE));
        out.write(Bytes.latin1("c"));
        out.end();
        assertEquals("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc", wire.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\rb", "a\nb", "a\0b", "a\r\nb: c", "\u007f", "\u0100", "\u560a"})
    void nothingCanBeInjected(String bad) {
        refused(() -> out.writeRequest(bad, "/", Fields.EMPTY, BodyFraming.NONE));
        refused(() -> out.writeRequest("GET", bad, Fields.EMPTY, BodyFraming.NONE));
        refused(() -> out.writeRequest("GET", "/", Fields.of(bad, "x"), BodyFraming.NONE));
        refused(() -> out.writeRequest("GET", "/", Fields.of("X", bad), BodyFraming.NONE));
        refused(() -> out.writeResponse(200, bad, Fields.EMPTY, BodyFraming.NONE));
        refused(() -> out.writeResponse(200, "", Fields.of("X", bad), BodyFraming.NONE));
        assertDoesNotThrow(() -> out.writeResponse(200, "", Fields.EMPTY, BodyFraming.CHUNKED));
        int sent = wire.size();
        refused(() -> out.end(Fields.of("X", bad)));
        refused(() -> out.end(Fields.of(bad, "x")));
        assertEquals(sent, wire.size());
    }

    @Test
    void headsThatContradictTheirFramingAreRefused() {
        Fields five = Fields.of("Content-Length", "5");
        Fields chunked = Fields.of("Transfer-Encoding", "chunked");
        refused(() -> out.writeRequest("GET", "/", five, BodyFraming.NONE));
        refused(() -> out.writeRequest("GET", "/", five, BodyFraming.fixed(4)));
        refused(() -> out.writeRequest("GET", "/", five, BodyFraming.CHUNKED));
        refused(() -> out.writeRequest("GET", "/", chunked, BodyFraming.CHUNKED));
        refused(() -> out.writeRequest("GET", "/", Fields.EMPTY, BodyFraming.UNTIL_CLOSE));
        refused(() -> out.writeRequest("GET", "/a b", Fields.EMPTY, BodyFraming.NONE));
        refused(() -> out.writeRequest("G T", "/", Fields.EMPTY, BodyFraming.NONE));
        refused(() -> out.writeRequest("", "/", Fields.EMPTY, BodyFraming.NONE));
        refused(() -> out.writeResponse(200, "", five, BodyFraming.UNTIL_CLOSE));
        refused(() -> out.writeResponse(204, "", Fields.EMPTY, BodyFraming.fixed(1)));
        refused(() -> out.writeResponse(304, "", Fields.EMPTY, BodyFraming.CHUNKED));
        refused(() -> out.writeResponse(99, "", Fields.EMPTY, BodyFraming.NONE));
        Fields twice = Fields.of("Content-Length", "5", "content-length", "5");
        refused(() -> out.writeResponse(200, "", twice, BodyFraming.fixed(5)));
        assertEquals(0, wire.size());
    }

    @Test
    void aRefusedHeadCanBeFollowedByAnother() throws IOException {
        refused(() -> out.writeResponse(200, "", Fields.of("X", "\r"), BodyFraming.NONE));
        out.writeResponse(502, "", Fields.EMPTY, BodyFraming.NONE);
        out.end();
        assertEquals("HTTP/1.1 502 \r\n\r\n", wire.text());
    }

    @Test
    void trailersThatWouldChangeTheMessageAreRefused() throws IOException {
        out.writeResponse(200, "", Fields.EMPTY, BodyFraming.CHUNKED);
        refused(() -> out.end(Fields.of("Content-Length", "5")));
        refused(() -> out.end(Fields.of("transfer-encoding", "chunked")));
        out.end(Fields.of("Grpc-Status", "0"));
        assertTrue(wire.text().endsWith("\r\n0\r\nGrpc-Status: 0\r\n\r\n"));
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        Random random = new Random(11);
        for (int round = 0; round < 40; round++) {
            byte[] body = new byte[random.nextInt(300_000)];
            random.nextBytes(body);
            BodyFraming framing =
                    round % 2 == 0 ? BodyFraming.CHUNKED : BodyFraming.fixed(body.length);
            wire.reset();
            Fields fields = Fields.of("Host", "a", "X", "\u00e9".repeat(random.nextInt(9000)));
            out.writeRequest("POST", "/\u00e9", fields, framing);
            for (int from = 0; from < body.length; ) {
                int to = Math.min(body.length, from + 1 + random.nextInt(100_000));
                out.write(Bytes.wrap(body, from, to - from));
                from = to;
            }
            out.end(Fields.of("T", "x"));
            HttpInput input =
                    new HttpInput(
                            Wire.split(wire.text(), () -> 1 + random.nextInt(70_000)),
                            HttpLimits.DEFAULT);
            ReceivedRequest request = Objects.requireNonNull(input.readRequest());
            assertEquals("/\u00e9", request.target());
            assertEquals(fields.first("X"), request.fields().first("X"));
            assertEquals(framing, request.framing());
            assertArrayEquals(body, Bytes.latin1(Wire.drain(input.body())).toByteArray());
            Fields trailers = round % 2 == 0 ? Fields.of("T", "x") : Fields.EMPTY;
            assertEquals(trailers, input.body().trailers());
        }
    }

    private static void refused(org.junit.jupiter.api.function.Executable call) {
        assertThrows(IllegalArgumentException.class, call);
    }
}
