package io.cloudtunnel.protocol.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Fields;
import java.io.EOFException;
import java.io.IOException;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which requests are taken, which are refused, and with what status. */
class RequestHeadsTest {

    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\n";

    static Stream<Arguments> refused() {
        return Stream.of(
                // Framing (RFC 9112, section 6).
                post("Content-Length: 5\r\nTransfer-Encoding: chunked", 400),
                post("Transfer-Encoding: chunked\r\nContent-Length: 5", 400),
                post("Transfer-Encoding: chunked, identity", 400),
                post("Transfer-Encoding: chunked, chunked", 400),
                post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 400),
                post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", 400),
                post("Transfer-Encoding: identity", 501),
                post("Transfer-Encoding: gzip, chunked", 501),
                post("Transfer-Encoding: xchunked", 501),
                post("Transfer-Encoding: chunked;q=1", 400),
                post("Transfer-Encoding: \"chunked\"", 400),
                post("Transfer-Encoding: chunked,", 400),
                post("Transfer-Encoding: ,chunked", 400),
                post("Transfer-Encoding:", 400),
                post("Transfer-Encoding: \u000bchunked", 400),
                post("Transfer-Encoding: chunked\0", 400),
                post("Transfer-Encoding: chunked\u0085", 400),
                post("Transfer-Encoding : chunked", 400),
                post("Transfer-Encoding\t: chunked", 400),
                post("Transfer-Encoding\r\n : chunked", 400),
                post("Transfer Encoding: chunked", 400),
                post("Transfer-Encoding:\r\n chunked", 400),
                post("X: y\rTransfer-Encoding: chunked", 400),
                post("X: y\nTransfer-Encoding: chunked", 400),
                post("Content-Length: +5", 400),
                post("Content-Length: -5", 400),
                post("Content-Length: 0x5", 400),
                post("Content-Length: 5 5", 400),
                post("Content-Length: 5,5", 400),
                post("Content-Length: 5, 6", 400),
                post("Content-Length: 5.0", 400),
                post("Content-Length:", 400),
                post("Content-Length: \u00b2", 400),
                post("Content-Length: 9223372036854775808", 400),
                post("Content-Length: 9999999999999999999", 400),
                post("Content-Length: 18446744073709551621", 400),
                post("Content-Length: 5\r\nContent-Length: 5", 400),
                post("Content-Length: 5\r\ncontent-length: 6", 400),
                raw("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
                // Fields (section 5).
                post("X: a\r\n folded", 400),
                post("X: a\r\n\tfolded", 400),
                raw("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
                post("X: a\0b", 400),
                post("X: a\u007fb", 400),
                post("X: a\u000bb", 400),
                post(": a", 400),
                post("X", 400),
                post("X\u00e9: a", 400),
                post("X(: a", 400),
                raw("GET / HTTP/1.1\nHost: a\n\n", 400),
                raw("GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
                raw("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", 400),
                // Host (section 3.2).
                raw("GET / HTTP/1.1\r\n\r\n", 400),
                post("Host: a", 400),
                raw("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400),
                host("a/b"),
                host("a b"),
                host("a,b"),
                host("user@a"),
                host("a:b"),
                host("a:65536"),
                host("a:1:2"),
                host(":80"),
                host("[::1"),
                host("[:::1]"),
                host("[1::2::3]"),
                host("[::1]x"),
                host("a%zz"),
                host("\u00e9"),
                // Request line (section 3).
                raw("GET /\r\n\r\n", 400),
                raw("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                raw("GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                raw("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                raw("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                raw("GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                raw("GET /a\rb HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                raw(" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                raw("G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                raw("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
                raw("GET / http/1.1\r\nHost: a\r\n\r\n", 400),
                raw("GET / HTTP/11\r\nHost: a\r\n\r\n", 400),
                raw("GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505),
                raw("PRI * HTTP/2.0\r\n\r\n", 505),
                raw("GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                raw("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                raw("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                raw("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                raw("GET http://u@a/x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                raw("CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                raw("CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                raw("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                raw("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
                // Limits.
                raw("GET /" + "a".repeat(17_000), 414),
                post("X: " + "a".repeat(65_536), 431),
                post("X: a\r\n".repeat(1000) + "X: a", 431),
                post(("X: " + "a".repeat(995) + "\r\n").repeat(66) + "X: a", 431));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refuses(String request, int status) {
        for (HttpInput input : Wire.inputs(request)) {
            HttpException refusal = assertThrows(HttpException.class, input::readRequest);
            assertEquals(status, refusal.status(), refusal.getMessage());
            assertTrue(input.hasBuffered());
        }
    }

    static Stream<Arguments> taken() {
        return Stream.of(
                Arguments.of(POST + "\r\n", BodyFraming.NONE),
                Arguments.of("\r\n" + POST + "\r\n", BodyFraming.NONE),
                Arguments.of(POST + "Content-Length: 0\r\n\r\n", BodyFraming.fixed(0)),
                Arguments.of(POST + "Content-Length:5\r\n\r\nhello", BodyFraming.fixed(5)),
                Arguments.of(POST + "Content-Length: \t5 \t\r\n\r\nhello", BodyFraming.fixed(5)),
                Arguments.of(
                        POST + "Content-Length: 9223372036854775807\r\n\r\n",
                        BodyFraming.fixed(Long.MAX_VALUE)),
                Arguments.of(
                        POST + "transfer-encoding: Chunked\r\n\r\n0\r\n\r\n", BodyFraming.CHUNKED),
                Arguments.of(
                        POST + "Transfer-Encoding: \t chunked\t\r\n\r\n0\r\n\r\n",
                        BodyFraming.CHUNKED),
                Arguments.of("GET / HTTP/1.0\r\n\r\n", BodyFraming.NONE),
                Arguments.of("GET / HTTP/1.1\r\nHost:\r\n\r\n", BodyFraming.NONE),
                Arguments.of("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", BodyFraming.NONE),
                Arguments.of("GET / HTTP/1.1\r\nHost: a_b.example:\r\n\r\n", BodyFraming.NONE),
                Arguments.of(POST + "X: a\r\n".repeat(998) + "X: a\r\n\r\n", BodyFraming.NONE));
    }

    @ParameterizedTest
    @MethodSource("taken")
    void takes(String request, BodyFraming framing) throws IOException {
        for (HttpInput input : Wire.inputs(request)) {
            assertEquals(framing, Objects.requireNonNull(input.readRequest()).framing());
        }
    }

    @Test
    void theLargestHeadPasses() throws IOException {
        int others = "Host: a\r\n".length() + "X: \r\n".length();
        String largest = "a".repeat(HttpLimits.DEFAULT.headBytes() - others);
        String start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
        assertNotNull(Wire.input(start + largest + "\r\n\r\n").readRequest());
        HttpInput over = Wire.input(start + largest + "a\r\n\r\n");
        assertEquals(431, assertThrows(HttpException.class, over::readRequest).status());
    }

    @Test
    void everythingIsKeptAsItCame() throws IOException {
        String head =
                "gEt /a%2Fb//\u00e9?? HTTP/1.1\r\nHOST: a\r\nx-B: \u00e9 , \ty\r\nX-b:\r\n\r\n";
        for (HttpInput input : Wire.inputs(head)) {
            ReceivedRequest request = Objects.requireNonNull(input.readRequest());
            assertEquals("gEt", request.method());
            assertEquals("/a%2Fb//\u00e9??", request.target());
            assertEquals("?", request.head().query());
            assertEquals(
                    Fields.of("HOST", "a", "x-B", "\u00e9 , \ty", "X-b", ""), request.fields());
            assertNull(input.readRequest());
        }
    }

    @ParameterizedTest
    @MethodSource("forms")
    void formsOfTargets(String line, TargetForm form, String target, String host)
            throws IOException {
        ReceivedRequest request =
                Objects.requireNonNull(
                        Wire.input(line + " HTTP/1.1\r\nHost: h\r\n\r\n").readRequest());
        assertEquals(form, request.form());
        assertEquals(host, request.host());
        if (form == TargetForm.AUTHORITY) {
            assertThrows(IllegalStateException.class, request::head);
        } else {
            assertEquals(target, request.head().target());
        }
    }

    static Stream<Arguments> forms() {
        return Stream.of(
                Arguments.of("GET /where?q=now", TargetForm.ORIGIN, "/where?q=now", "h"),
                Arguments.of("GET /?", TargetForm.ORIGIN, "/?", "h"),
                Arguments.of("GET //x", TargetForm.ORIGIN, "//x", "h"),
                Arguments.of("OPTIONS *", TargetForm.ASTERISK, "*", "h"),
                Arguments.of("GET http://a.b:8/c?d", TargetForm.ABSOLUTE, "/c?d", "a.b:8"),
                Arguments.of("GET HTTPS://a?d", TargetForm.ABSOLUTE, "/?d", "a"),
                Arguments.of("GET http://a", TargetForm.ABSOLUTE, "/", "a"),
                Arguments.of("OPTIONS http://a:8", TargetForm.ABSOLUTE, "*", "a:8"),
                Arguments.of("CONNECT a:443", TargetForm.AUTHORITY, "", "a:443"));
    }

    @Test
    void theEndBeforeAMessageIsNotTheEndWithinOne() throws IOException {
        assertNull(Wire.input("").readRequest());
        assertNull(Wire.input("\r\n").readRequest());
        String whole = POST + "\r\n";
        for (int length = 1; length < whole.length(); length++) {
            HttpInput cut = Wire.input(whole.substring(0, length));
            assertThrows(EOFException.class, cut::readRequest);
            assertTrue(cut.hasBuffered());
        }
    }

    @Test
    void aBodyMustBeReadBeforeTheNextHead() throws IOException {
        HttpInput input = Wire.input(POST + "Content-Length: 1\r\n\r\nx" + POST + "\r\n");
        assertNotNull(input.readRequest());
        assertThrows(IllegalStateException.class, input::readRequest);
        assertEquals("x", Wire.drain(input.body()));
        assertNotNull(input.readRequest());
    }

    @Test
    void persistence() throws IOException {
        assertTrue(persistent("HTTP/1.1", "X: y"));
        assertFalse(persistent("HTTP/1.1", "Connection: x, Close"));
        assertFalse(persistent("HTTP/1.0", "X: y"));
        assertTrue(persistent("HTTP/1.0", "Connection: Keep-Alive"));
        assertFalse(persistent("HTTP/1.0", "Connection: keep-alive\r\nConnection: close"));
    }

    private static boolean persistent(String version, String field) throws IOException {
        String request = "GET / " + version + "\r\nHost: a\r\n" + field + "\r\n\r\n";
        return Objects.requireNonNull(Wire.input(request).readRequest()).persistent();
    }

    private static Arguments post(String fields, int status) {
        return Arguments.of(POST + fields + "\r\n\r\n", status);
    }

    private static Arguments host(String value) {
        return Arguments.of("GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n", 400);
    }

    private static Arguments raw(String request, int status) {
        return Arguments.of(request, status);
    }
}
