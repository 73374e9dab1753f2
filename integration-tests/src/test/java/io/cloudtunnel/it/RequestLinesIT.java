package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The lines that the programs write where they are to be read by Cloud Logging. */
@Timeout(60)
class RequestLinesIT {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Map<String, String> CLOUD =
            Map.of(
                    "LOG_FORMAT", "json",
                    "GOOGLE_CLOUD_PROJECT", "shop-1",
                    "TRUSTED_HOPS", "1");
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @TempDir Path folder;

    private static JsonNode line(Programs of, String word) throws Exception {
        return JSON.readTree(
                of.await("line with " + word, l -> l.contains(".requests\"") && l.contains(word)));
    }

    @Test
    void aRequestsLineHasTheMembersThatCloudLoggingKnows() throws Exception {
        try (EchoService local = new EchoService();
                Programs server = Programs.start(folder, "tunnel-server", CLOUD, "--port", "0");
                Programs agent =
                        Programs.agent(
                                folder,
                                Map.of(
                                        "LOG_FORMAT", "json",
                                        "GOOGLE_CLOUD_PROJECT", "shop-1",
                                        "ADMIN_PORT", "0"),
                                server.port(),
                                local.port())) {
            String path = agent.publicPath();
            agent.await("admin listener", l -> l.contains("metrics at http://127.0.0.1:"));
            try (Wire client = Wire.to(server.port())) {
                client.send(
                        "POST "
                                + path
                                + "/one?key=s3cr3t HTTP/1.1\r\nHost: localhost\r\n"
                                + "Content-Length: 3\r\nCookie: s3cr3t\r\n"
                                + "Authorization: Bearer s3cr3t\r\n"
                                + "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n"
                                + "User-Agent: test \"agent\"/1\r\n"
                                + "traceparent: 00-"
                                + TRACE
                                + "-00f067aa0ba902b7-01\r\n\r\nabc");
                Wire.Head answer = client.readAnswer();
                assertEquals(200, answer.status());
                JsonNode line = line(server, "/one");
                check(line, path);
                assertEquals(
                        answer.first("X-Request-Id"), line.path("request").path("id").asText());
                JsonNode its = line(agent, "/one");
                assertEquals(line.path("request").path("id"), its.path("request").path("id"));
                assertEquals(
                        line.path("logging.googleapis.com/trace"),
                        its.path("logging.googleapis.com/trace"));
            }
            assertFalse(server.output().contains("s3cr3t"), server.output());
            assertFalse(agent.output().contains("s3cr3t"), agent.output());
            forge(server, agent, path);
        }
    }

    private static void check(JsonNode line, String path) {
        assertEquals("INFO", line.path("severity").asText());
        assertTrue(Instant.parse(line.path("time").asText()).isBefore(Instant.now()));
        assertTrue(line.path("message").asText().startsWith("POST " + path + "/one 200"));
        assertEquals(
                "projects/shop-1/traces/" + TRACE,
                line.path("logging.googleapis.com/trace").asText());
        assertEquals("00f067aa0ba902b7", line.path("logging.googleapis.com/spanId").asText());
        assertTrue(line.path("logging.googleapis.com/trace_sampled").asBoolean());
        JsonNode http = line.path("httpRequest");
        assertEquals("POST", http.path("requestMethod").asText());
        assertEquals("https://localhost" + path + "/one", http.path("requestUrl").asText());
        assertEquals(200, http.path("status").asInt());
        assertEquals("3", http.path("requestSize").asText());
        assertEquals("203.0.113.7", http.path("remoteIp").asText());
        assertEquals("HTTP/1.1", http.path("protocol").asText());
        assertEquals("test \"agent\"/1", http.path("userAgent").asText());
        assertTrue(http.path("latency").asText().matches("\\d+\\.\\d{6}s"), http.toString());
        JsonNode request = line.path("request");
        assertEquals(path.substring("/pub/".length()), request.path("tunnel").asText());
        assertEquals(16, request.path("agent").asText().length());
        assertEquals("ok", request.path("end").asText());
        assertTrue(request.path("ms").asInt() >= request.path("head").asInt());
    }

    /** What the parser lets through, in each place that a client chooses. */
    private void forge(Programs server, Programs agent, String path) throws Exception {
        String evil = utf8("\u2028\u202e\u0085") + "\"},{\"severity\":\"ALERT";
        try (Wire client = Wire.to(server.port())) {
            client.send(
                    "GET "
                            + path
                            + "/two"
                            + evil
                            + " HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: "
                            + evil
                            + "\r\nUser-Agent: "
                            + evil
                            + "\r\ntraceparent: "
                            + evil
                            + "\r\nX-Request-Id: "
                            + evil
                            + "\r\n\r\n");
            client.readAnswer();
        }
        JsonNode line = line(server, "two");
        assertTrue(line.path("logging.googleapis.com/trace").isMissingNode());
        assertEquals(
                line.path("request").path("id"), line(agent, "two").path("request").path("id"));
        isUnforged(server.output());
        isUnforged(agent.output());
    }

    private static void isUnforged(String output) throws Exception {
        assertFalse(output.contains("\"severity\":\"ALERT"), output);
        for (String each : output.lines().toList()) {
            if (each.startsWith("{")) {
                assertTrue(JSON.readTree(each).isObject());
                assertTrue(each.chars().noneMatch(c -> c == 0x2028 || c == 0x202e || c == 0x85));
            }
        }
    }

    private static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
