package io.cloudtunnel.protocol.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which responses are taken, and where their bodies end. */
class ResponseHeadsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\nX: y\n\n",
                "HTTP/1.1 200 OK\r\nX: y\n\r\n",
                "HTTP/2.0 200 OK\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 099 OK\r\n\r\n",
                "HTTP/1.1 +20 OK\r\n\r\n",
                "HTTP/1.1  200 OK\r\n\r\n",
                "HTTP/1.1 200\tOK\r\n\r\n",
                "HTTP/1.1 200 O\rK\r\n\r\n",
                "HTTP/1.1 200 O\0K\r\n\r\n",
                "HTTP/1.1\r\n\r\n",
                "ICY 200 OK\r\n\r\n",
                "\r\nHTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\n X: y\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: y\r\n z\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 304 OK\r\nContent-Length: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            })
    void refuses(String response) {
        for (HttpInput input : Wire.inputs(response)) {
            assertThrows(HttpException.class, () -> input.readResponse("GET"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                // method | status | field | framing | length
                "GET | 200 | X: y | UNTIL_CLOSE | -1",
                "GET | 200 | Content-Length: 7 | FIXED | 7",
                "GET | 200 | Transfer-Encoding: chunked | CHUNKED | -1",
                "HEAD | 200 | X: y | NONE | 0",
                "HEAD | 200 | Content-Length: 7 | NONE | 0",
                "HEAD | 200 | Transfer-Encoding: chunked | NONE | 0",
                "head | 200 | Content-Length: 7 | FIXED | 7",
                "GET | 204 | Content-Length: 7 | NONE | 0",
                "GET | 205 | X: y | UNTIL_CLOSE | -1",
                "GET | 304 | Content-Length: 7 | NONE | 0",
                "GET | 304 | Transfer-Encoding: chunked | NONE | 0",
                "GET | 100 | X: y | NONE | 0",
                "GET | 103 | Content-Length: 7 | NONE | 0",
                "GET | 101 | Content-Length: 7 | RAW | -1",
                "CONNECT | 200 | Content-Length: 7 | RAW | -1",
                "CONNECT | 407 | Content-Length: 7 | FIXED | 7",
                "GET | 999 | Content-Length: 0 | FIXED | 0",
            })
    void framing(String method, int status, String field, BodyFraming.Kind kind, long length)
            throws IOException {
        String response = "HTTP/1.1 " + status + " Reason\r\n" + field + "\r\n\r\n";
        for (HttpInput input : Wire.inputs(response)) {
            ReceivedResponse read = Objects.requireNonNull(input.readResponse(method));
            assertEquals(new BodyFraming(kind, length), read.framing());
            assertEquals(status, read.head().status());
            assertEquals("Reason", read.head().reason());
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "HTTP/1.1 200,\"\"",
                "\"HTTP/1.1 200 \",\"\"",
                "HTTP/1.0 200 OK,OK",
                "\"HTTP/1.1 200 A  b \",\"A  b \"",
                "HTTP/1.1 200 caf\u00e9,caf\u00e9"
            })
    void reasons(String line, String reason) throws IOException {
        for (HttpInput input : Wire.inputs(line + "\r\n\r\n")) {
            assertEquals(reason, Objects.requireNonNull(input.readResponse("GET")).head().reason());
        }
    }

    @Test
    void interimResponsesComeOneByOneAndHaveALimit() throws IOException {
        String early = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
        HttpInput input =
                Wire.input(early.repeat(100) + "HTTP/1.1 204\r\n\r\n" + early.repeat(101));
        for (int i = 0; i < 100; i++) {
            assertTrue(Objects.requireNonNull(input.readResponse("GET")).head().isInterim());
        }
        assertFalse(Objects.requireNonNull(input.readResponse("GET")).head().isInterim());
        for (int i = 0; i < 100; i++) {
            assertNotNull(input.readResponse("GET"));
        }
        assertThrows(HttpException.class, () -> input.readResponse("GET"));
    }

    @Test
    void aStaleConnectionIsToldFromACutResponse() throws IOException {
        HttpInput stale = Wire.input("");
        assertNull(stale.readResponse("GET"));
        assertFalse(stale.hasBuffered());

        HttpInput cut = Wire.input("H");
        assertThrows(EOFException.class, () -> cut.readResponse("GET"));
        assertTrue(cut.hasBuffered());

        HttpInput interim = Wire.input("HTTP/1.1 100 Continue\r\n\r\n");
        assertNotNull(interim.readResponse("GET"));
        assertThrows(EOFException.class, () -> interim.readResponse("GET"));
    }

    @Test
    void persistence() throws IOException {
        assertTrue(persistent("HTTP/1.1 200 OK\r\nContent-Length: 0"));
        assertTrue(persistent("HTTP/1.1 204 OK\r\nContent-Length: 0"));
        assertFalse(persistent("HTTP/1.1 204 OK\r\nContent-Length: 5"));
        assertFalse(persistent("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0"));
        assertFalse(persistent("HTTP/1.0 200 OK\r\nContent-Length: 0"));
        assertTrue(persistent("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0"));
        assertFalse(persistent("HTTP/1.1 200 OK\r\nX: until the end"));
        assertFalse(persistent("HTTP/1.1 101 Go\r\nUpgrade: x"));
    }

    private static boolean persistent(String head) throws IOException {
        return Objects.requireNonNull(Wire.input(head + "\r\n\r\n").readResponse("GET"))
                .persistent();
    }
}
