package io.cloudtunnel.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may inspect, and what else the listener of the inspect page answers. */
class InspectListenerTest {

    private static final String TOKEN = "0123456789abcdef";
    private static final String PROOF = "Authorization: Bearer " + TOKEN;

    private final List<String> asked = new ArrayList<>();
    private final InspectListener listener = InspectListener.start(0, TOKEN, new Source());

    private final class Source implements InspectSource {
        @Override
        public byte[] requests(long after) {
            asked.add("requests after " + after);
            return "[\"s3cr3t\"]".getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte @Nullable [] request(long number) {
            asked.add("request " + number);
            return number == 7 ? "\"s3cr3t\"".getBytes(StandardCharsets.UTF_8) : null;
        }

        @Override
        public Outcome sendAgain(long number) {
            asked.add("again " + number);
            return new Outcome(409, "{}");
        }

        @Override
        public void clear() {
            asked.add("clear");
        }
    }

    @AfterEach
    void stop() {
        listener.close();
    }

    private String ask(String request, String... fields) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            socket.setSoTimeout(10_000);
            String head =
                    request
                            + " HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n"
                            + String.join("\r\n", fields)
                            + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void assertRefused(int status, String request, String... fields) throws IOException {
        String answer = ask(request, fields);
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        assertFalse(answer.contains("s3cr3t"), answer);
        assertEquals(List.of(), asked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:4040", "localhost:4040", "LOCALHOST", "[::1]:5050"})
    void whoHasTheTokenMayInspect(String host) throws IOException {
        String list = ask("GET /requests?after=3", "Host: " + host, PROOF);
        assertTrue(list.startsWith("HTTP/1.1 200 ") && list.contains("s3cr3t"), list);
        String own = "Origin: http://" + host;
        String one = ask("GET /requests/7", "Host: " + host, PROOF, own);
        assertTrue(one.startsWith("HTTP/1.1 200 "), one);
        String again = ask("POST /requests/7/send-again", "Host: " + host, PROOF, own);
        assertTrue(again.startsWith("HTTP/1.1 409 "), again);
        String cleared = ask("POST /clear", "Host: " + host, PROOF, own);
        assertTrue(cleared.startsWith("HTTP/1.1 204 "), cleared);
        assertEquals(List.of("requests after 3", "request 7", "again 7", "clear"), asked);
    }

    @Test
    void whatIsNotKeptIsNotFound() throws IOException {
        for (String path : new String[] {"/requests/8", "/requests/x", "/nothing"}) {
            String answer = ask("GET " + path, "Host: localhost", PROOF);
            assertTrue(answer.startsWith("HTTP/1.1 404 "), answer);
        }
    }

    /** A page whose name was made to lead here has that name as {@code Host}. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:4040",
                "localhost.evil.example",
                "127.0.0.1.evil"
            })
    void foreignNamesAreRefused(String host) throws IOException {
        assertRefused(421, "GET /requests", "Host: " + host, PROOF);
        assertRefused(421, "POST /requests/7/send-again", "Host: " + host, PROOF);
        assertRefused(421, "GET /", "Host: " + host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example",
                "http://localhost:3000",
                "http://127.0.0.1:4040",
                "https://localhost:4040",
                "null"
            })
    void foreignOriginsAreRefused(String origin) throws IOException {
        String[] fields = {"Host: localhost:4040", "Origin: " + origin, PROOF};
        assertRefused(403, "POST /requests/7/send-again", fields);
        assertRefused(403, "POST /clear", fields);
        assertRefused(403, "GET /requests", fields);
    }

    @ParameterizedTest
    @CsvSource({"cross-site, empty", "same-site, empty", "cross-site, iframe"})
    void pagesOfOtherSitesAreRefused(String site, String as) throws IOException {
        String[] fields = {
            "Host: localhost", "Sec-Fetch-Site: " + site, "Sec-Fetch-Dest: " + as, PROOF
        };
        assertRefused(403, "GET /requests", fields);
        assertRefused(403, "GET /", fields);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Nothing: x",
                "Authorization: Bearer wrong",
                "Authorization: Bearer 0123456789abcdeX",
                "Authorization: Bearer " + TOKEN + "0",
                "Authorization: Basic " + TOKEN,
                "Cookie: token=" + TOKEN
            })
    void withoutTheTokenNothingIsShown(String field) throws IOException {
        assertRefused(401, "GET /requests", "Host: localhost", field);
        assertRefused(401, "GET /requests?token=" + TOKEN, "Host: localhost", field);
        assertRefused(401, "GET /requests/7", "Host: localhost", field);
        assertRefused(401, "POST /requests/7/send-again", "Host: localhost", field);
        assertRefused(401, "POST /clear", "Host: localhost", field);
        assertRefused(401, "GET /;x", "Host: localhost", field);
    }

    @Test
    void thePageHasNoDataAndRunsNothingButItsOwn() throws IOException {
        String page = ask("GET /", "Host: localhost");
        assertTrue(page.startsWith("HTTP/1.1 200 "), page);
        assertTrue(page.contains("default-src 'none'; script-src 'sha256-"), page);
        assertTrue(page.contains("frame-ancestors 'none'"), page);
        assertTrue(page.contains("Cache-Control: no-store"), page);
        for (String risky : new String[] {"unsafe", "innerHTML", "src=", "href=", "style="}) {
            assertFalse(page.contains(risky), risky);
        }
    }

    @Test
    void aPortThatIsTakenSaysSo() {
        var e =
                assertThrows(
                        IllegalStateException.class,
                        () -> InspectListener.start(listener.port(), TOKEN, new Source()));
        assertTrue(String.valueOf(e.getMessage()).contains("TUNNEL_INSPECT"), e.getMessage());
    }
}
