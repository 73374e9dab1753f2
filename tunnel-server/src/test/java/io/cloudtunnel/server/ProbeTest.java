package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Agents that ask which instance serves the public. */
class ProbeTest {

    private Tunnel tunnel;

    @BeforeEach
    void start() throws Exception {
        tunnel = Tunnel.start();
    }

    @AfterEach
    void stop() {
        tunnel.close();
    }

    private RawClient.Answer probe(String method, String path, String... lines) throws Exception {
        try (RawClient client = tunnel.raw()) {
            return client.request(method, path, lines).answer(!method.equals("HEAD"));
        }
    }

    private RawClient.Answer probe() throws Exception {
        return probe(
                "GET",
                tunnel.path("/"),
                "Cloudtunnel-Probe: 1",
                "X-Tunnel-Id: " + tunnel.id,
                "Authorization: Bearer " + tunnel.secret);
    }

    @Test
    void theServerAnswersItself() throws Exception {
        RawClient.Answer none = probe();
        assertEquals(204, none.status());
        assertEquals("0", none.first("Cloudtunnel-Links"));
        JdkAgent json = tunnel.agent();
        try (BinaryAgent binary = new BinaryAgent(tunnel, "a", false)) {
            RawClient.Answer two = probe();
            assertEquals("2", two.first("Cloudtunnel-Links"));
            assertEquals(none.first("Cloudtunnel-Instance"), two.first("Cloudtunnel-Instance"));
            assertTrue(Long.parseLong(two.first("Cloudtunnel-Started")) > 1_700_000_000_000L);
            assertFalse(two.first("X-Request-Id").isEmpty());
            assertEquals(0, json.waiting());
            assertTrue(binary.isIdle());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, wrong, 1",
        "GET, /, '', 1",
        "GET, /, right, 2",
        "GET, /x, right, 1",
        "POST, /, right, 1",
        "HEAD, /, right, 1"
    })
    void anythingElseIsAnOrdinaryRequest(String method, String path, String secret, String probe)
            throws Exception {
        tunnel.agent(request ->
                request.answer(
                        200,
                        request.header("Cloudtunnel-Probe").getBytes(StandardCharsets.US_ASCII)));
        RawClient.Answer answer =
                probe(
                        method,
                        tunnel.path(path),
                        "Cloudtunnel-Probe: " + probe,
                        "X-Tunnel-Id: " + tunnel.id,
                        "Content-Length: 0",
                        "Authorization: Bearer "
                                + (secret.equals("right") ? tunnel.secret : secret));
        assertEquals(200, answer.status());
        assertEquals("", answer.text());
        assertEquals("", answer.first("Cloudtunnel-Links"));
    }

    @Test
    void credentialsOfAnotherTunnelAreNotRight() throws Exception {
        var other = tunnel.register();
        RawClient.Answer answer =
                probe(
                        "GET",
                        tunnel.path("/"),
                        "Cloudtunnel-Probe: 1",
                        "X-Tunnel-Id: " + other.path("id").asText(),
                        "Authorization: Bearer " + other.path("secret").asText());
        assertEquals(502, answer.status());
        assertEquals("", answer.first("Cloudtunnel-Instance"));
    }
}
