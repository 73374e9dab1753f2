package io.cloudtunnel.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.program.Admin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may ask the admin listener, and what it answers. */
class AdminListenerTest {

    private static final String TOKEN = "0123456789abcdef";
    private static final Pattern POLICY = Pattern.compile("Content-Security-Policy: (.*)\r");

    private final Metrics metrics = new Metrics();
    private AdminListener listener = start(Admin.onLoopback(0));

    private AdminListener start(Admin where) {
        return AdminListener.start(
                where, metrics, () -> new StatusReport("test").fact("name", "<b>\u2028"));
    }

    @AfterEach
    void stop() {
        listener.close();
        metrics.close();
    }

    private void guarded() {
        listener.close();
        listener = start(new Admin("127.0.0.1", 0, TOKEN));
    }

    /** The whole answer to a request with these fields, read to the connection's end. */
    private String ask(String path, String... fields) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            socket.setSoTimeout(10_000);
            String request =
                    "GET "
                            + path
                            + " HTTP/1.1\r\nConnection: close\r\n"
                            + String.join("\r\n", fields)
                            + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void assertStatus(int status, String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    }

    @Test
    void metricsOfTheJvmArePrometheusText() throws IOException {
        String answer = ask("/metrics", "Host: localhost:1");
        assertStatus(200, answer);
        assertTrue(answer.contains("Content-Type: text/plain; version=0.0.4"), answer);
        assertTrue(answer.contains("Cache-Control: no-store"), answer);
        assertTrue(answer.contains("\njvm_memory_used_bytes{"), answer);
        assertTrue(answer.contains("\nprocess_cpu_usage "), answer);
        assertFalse(answer.contains("# EOF"), answer);
    }

    @Test
    void whoAsksForOpenMetricsGetsThem() throws IOException {
        String answer =
                ask(
                        "/metrics",
                        "Host: localhost",
                        "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
        assertTrue(answer.contains("Content-Type: application/openmetrics-text"), answer);
        assertTrue(answer.contains("# EOF"), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:80", "127.0.0.1:9", "[::1]:80", "[::1]"})
    void namesOfThisMachineAreAnswered(String host) throws IOException {
        assertStatus(200, ask("/metrics", "Host: " + host));
    }

    /** A page whose name was made to lead here has that name as {@code Host}. */
    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:80", "localhost.evil.example", "[::2]"})
    void otherNamesAreNot(String host) throws IOException {
        String answer = ask("/metrics", "Host: " + host);
        assertStatus(421, answer);
        assertFalse(answer.contains("jvm_"), answer);
    }

    @Test
    void theTokenIsNeededWhereThereIsOne() throws IOException {
        guarded();
        assertStatus(401, ask("/metrics", "Host: localhost"));
        assertStatus(401, ask("/metrics", "Host: localhost", "Authorization: Bearer wrong"));
        assertStatus(401, ask("/metrics", "Host: localhost", "Authorization: Basic " + TOKEN));
        assertStatus(401, ask("/nothing", "Host: localhost"));
        assertStatus(401, ask("/status.json", "Host: localhost"));
        assertStatus(401, ask("/status/", "Host: localhost"));
        assertStatus(401, ask("/status;x", "Host: localhost"));
        assertTrue(ask("/metrics", "Host: x").contains("WWW-Authenticate: Bearer"));
        assertStatus(200, ask("/metrics", "Host: x", "Authorization: Bearer " + TOKEN));
        assertStatus(200, ask("/metrics", "Host: x", "authorization: bearer " + TOKEN));
    }

    /** A page that somebody else made, in a browser on this machine. */
    @ParameterizedTest
    @ValueSource(strings = {"cross-site", "same-site"})
    void pagesOfOthersAreNotAnswered(String site) throws IOException {
        for (String as : new String[] {"empty", "script", "image", "iframe"}) {
            String answer =
                    ask(
                            "/metrics",
                            "Host: localhost",
                            "Sec-Fetch-Site: " + site,
                            "Sec-Fetch-Dest: " + as);
            assertStatus(403, answer);
            assertFalse(answer.contains("jvm_"), answer);
        }
    }

    @ParameterizedTest
    @CsvSource({"none, document", "same-origin, empty", "cross-site, document"})
    void whoComesByItselfIsAnswered(String site, String as) throws IOException {
        assertStatus(
                200,
                ask(
                        "/metrics",
                        "Host: localhost",
                        "Sec-Fetch-Site: " + site,
                        "Sec-Fetch-Dest: " + as));
    }

    @Test
    void noBodyIsTaken() throws IOException {
        String answer = ask("/metrics", "Host: localhost", "Content-Length: 1000000");
        assertStatus(413, answer);
    }

    /** It has no data; a browser that opens it could not send the token. */
    @Test
    void theStatusPageNeedsNoToken() throws IOException {
        guarded();
        String page = ask("/status", "Host: x");
        assertStatus(200, page);
        assertFalse(page.contains("<b>"), page);
        assertStatus(200, ask("/status.json", "Host: x", "Authorization: Bearer " + TOKEN));
    }

    @Test
    void theStatusPageMayRunNothingButItsOwn() throws IOException {
        String page = ask("/status", "Host: localhost");
        Matcher policy = POLICY.matcher(page);
        assertTrue(policy.find(), page);
        String may = policy.group(1);
        assertTrue(may.startsWith("default-src 'none'; script-src 'sha256-"), may);
        assertFalse(may.contains("unsafe"), may);
        assertTrue(may.contains("frame-ancestors 'none'"), may);
        assertFalse(page.contains("src=") || page.contains("href="));
        assertFalse(page.contains("innerHTML"), page);
        assertStatus(421, ask("/status", "Host: evil.example"));
        assertStatus(421, ask("/status.json", "Host: evil.example"));
    }

    @Test
    void aReportIsJson() throws IOException {
        String report = ask("/status.json", "Host: localhost");
        assertTrue(report.contains("Content-Type: application/json"), report);
        assertTrue(report.contains("{\"name\":\"name\",\"kind\":\"text\",\"value\":\"<b>"), report);
    }

    @Test
    void nothingElseIsServed() throws IOException {
        assertStatus(404, ask("/", "Host: localhost"));
        assertStatus(404, ask("/register", "Host: localhost"));
    }

    @Test
    void aPortThatIsTakenSaysSo() {
        var e =
                assertThrows(
                        IllegalStateException.class,
                        () -> start(Admin.onLoopback(listener.port())));
        assertTrue(String.valueOf(e.getMessage()).contains("ADMIN_PORT"), e.getMessage());
        assertEquals(true, listener.port() > 0);
    }
}
