package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an agent gets of a public request. */
class ForwardedRequestsTest {

    private static final byte[] OK = "ok".getBytes(StandardCharsets.US_ASCII);

    private Tunnel tunnel;
    private JdkAgent agent;

    @BeforeEach
    void start() throws Exception {
        tunnel = Tunnel.start();
        agent = tunnel.agent();
    }

    @AfterEach
    void stop() {
        tunnel.close();
    }

    /** Sends a request, answers it with 200, and returns what the agent got. */
    private JsonNode exchange(String method, String target, String... lines) throws Exception {
        try (RawClient client = tunnel.raw()) {
            client.request(method, target, lines);
            JsonNode request = agent.next();
            agent.answer(request, 200, "{}", OK);
            RawClient.Answer answer = client.answer(!method.equals("HEAD"));
            assertEquals(200, answer.status(), answer.text());
            return request;
        }
    }

    private static List<String> values(JsonNode request, String name) {
        return request.path("headers").properties().stream()
                .filter(field -> field.getKey().equalsIgnoreCase(name))
                .flatMap(field -> field.getValue().valueStream())
                .map(JsonNode::asText)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET",
                "HEAD",
                "POST",
                "PUT",
                "PATCH",
                "DELETE",
                "OPTIONS",
                "TRACE",
                "PROPFIND",
                "X-CUSTOM",
                "M!#$%&'*+.^_`|~1"
            })
    void anyMethod(String method) throws Exception {
        JsonNode request = exchange(method, tunnel.path("/"));
        assertEquals(method, request.path("method").asText());
        assertEquals("req", request.path("type").asText());
        assertEquals("", request.path("body").asText());
    }

    @ParameterizedTest
    @CsvSource({
        "'', /, ''",
        "/, /, ''",
        "//, //, ''",
        "/a/b, /a/b, ''",
        "/a/./b/../c, /a/./b/../c, ''",
        "/a%2Fb%20c%2e%C3%A4, /a%2Fb%20c%2e%C3%A4, ''",
        "/a+b;v=1,/a+b;v=1, ''",
        "/a?x=1&x=2&y=%26%3D+z, /a, x=1&x=2&y=%26%3D+z",
        "?q, /, q",
        "/a?b?c=/../d, /a, b?c=/../d",
        "/[x]|{y}\"<>, /[x]|{y}\"<>, ''"
    })
    void pathAndQueryAsTheyCame(String rest, String path, String query) throws Exception {
        JsonNode request = exchange("GET", tunnel.path(rest));
        assertEquals(path, request.path("path").asText());
        assertEquals(query, request.path("query").asText());
    }

    @Test
    void aLongTarget() throws Exception {
        String path = "/" + "p".repeat(4000);
        String query = "q=" + "v".repeat(4000);
        JsonNode request = exchange("GET", tunnel.path(path + "?" + query));
        assertEquals(path, request.path("path").asText());
        assertEquals(query, request.path("query").asText());
    }

    @Test
    void fieldsWithDuplicatesAndLists() throws Exception {
        JsonNode request =
                exchange(
                        "GET",
                        tunnel.path("/"),
                        "X-One: a, b",
                        "X-Two: 1",
                        "x-two: 2",
                        "Cookie: a=1; b=2",
                        "Authorization: Basic eDp5",
                        "Content-Encoding: gzip",
                        "X-Empty:");
        assertEquals(List.of("a, b"), values(request, "X-One"));
        assertEquals(List.of("1", "2"), values(request, "X-Two"));
        assertEquals(List.of("a=1; b=2"), values(request, "Cookie"));
        assertEquals(List.of("Basic eDp5"), values(request, "Authorization"));
        assertEquals(List.of("gzip"), values(request, "Content-Encoding"));
        assertEquals(List.of(""), values(request, "X-Empty"));
        assertEquals(List.of("localhost"), values(request, "Host"));
    }

    @Test
    void hopByHopFieldsStayBehind() throws Exception {
        JsonNode request =
                exchange(
                        "GET",
                        tunnel.path("/"),
                        "Connection: keep-alive, X-Mine, Host, X-Forwarded-For",
                        "X-Mine: 1",
                        "Keep-Alive: 5",
                        "Proxy-Connection: x",
                        "TE: trailers",
                        "Upgrade: h2c",
                        "HTTP2-Settings: AAMAAABkAAQAAP__",
                        "Proxy-Authorization: Basic eDp5",
                        "X-Kept: 1");
        for (String name :
                List.of(
                        "Connection",
                        "X-Mine",
                        "Keep-Alive",
                        "Proxy-Connection",
                        "TE",
                        "Upgrade",
                        "HTTP2-Settings",
                        "Proxy-Authorization")) {
            assertEquals(List.of(), values(request, name), name);
        }
        assertEquals(List.of("1"), values(request, "X-Kept"));
        assertEquals(List.of("localhost"), values(request, "Host"));
        assertEquals(List.of("127.0.0.1"), values(request, "X-Forwarded-For"));
    }

    @Test
    void whatIsSpoofedIsDropped() throws Exception {
        JsonNode request =
                exchange(
                        "GET",
                        tunnel.path("/x"),
                        "X-Forwarded-For: 6.6.6.6",
                        "X-Forwarded-Proto: https",
                        "X-Forwarded-Host: evil.example",
                        "X-Forwarded-Prefix: /evil",
                        "Forwarded: for=6.6.6.6",
                        "X-Real-IP: 6.6.6.6",
                        "X-Tunnel-Id: evil",
                        "Cloudtunnel-Error: evil",
                        "cloudtunnel-probe: 1");
        assertFalse(request.toString().contains("evil"), request.toString());
        assertFalse(request.toString().contains("6.6.6.6"), request.toString());
        assertEquals(List.of(), values(request, "Cloudtunnel-Probe"));
        assertEquals("127.0.0.1", JdkAgent.header(request, "X-Forwarded-For"));
        assertEquals("http", JdkAgent.header(request, "X-Forwarded-Proto"));
        assertEquals("localhost", JdkAgent.header(request, "X-Forwarded-Host"));
        assertEquals("/pub/" + tunnel.id, JdkAgent.header(request, "X-Forwarded-Prefix"));
        assertEquals(
                "for=127.0.0.1;host=localhost;proto=http", JdkAgent.header(request, "Forwarded"));
    }

    @Test
    void aTrustedProxyIsBelieved() throws Exception {
        try (Tunnel behind = Tunnel.start(b -> b.trustedHops(1));
                RawClient client = behind.raw()) {
            JdkAgent its = behind.agent();
            client.request(
                    "GET",
                    behind.path("/"),
                    "X-Forwarded-For: 6.6.6.6, 7.7.7.7",
                    "X-Forwarded-Proto: https");
            JsonNode request = its.next();
            its.answer(request, 200, "{}", OK);
            assertEquals(200, client.answer().status());
            assertEquals("7.7.7.7, 127.0.0.1", JdkAgent.header(request, "X-Forwarded-For"));
            assertEquals("https", JdkAgent.header(request, "X-Forwarded-Proto"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "abcdefgh, true",
        "Trace-0123.4_5, true",
        "short, false",
        "with space in it, false",
        "quote\"quote\", false",
        "0123456789012345678901234567890123456789012345678901234567890123456789, false"
    })
    void theRequestIdIsTheSameEverywhere(String given, boolean kept) throws Exception {
        try (RawClient client = tunnel.raw();
                LogCapture log = new LogCapture()) {
            client.request("GET", tunnel.path("/"), "X-Request-Id: " + given);
            JsonNode request = agent.next();
            agent.answer(request, 200, "{\"X-Request-Id\":[\"local\"]}", OK);
            List<String> answered = client.answer().all("X-Request-Id");
            assertEquals(values(request, "X-Request-Id"), answered);
            assertEquals(1, answered.size());
            assertEquals(kept, answered.getFirst().equals(given));
            tunnel.close(); // the line is written when the request is over
            assertTrue(log.text().contains("request id=" + answered.getFirst()), log.text());
        }
    }

    /** HTTP/1.0 knows none: to be ignored (RFC 9110, section 7.8). */
    @Test
    void anUpgradeInHttp10IsIgnored() throws Exception {
        try (RawClient client = tunnel.raw()) {
            client.send(
                    "GET "
                            + tunnel.path("/")
                            + " HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            JsonNode request = agent.next();
            assertEquals(List.of(), values(request, "Upgrade"));
            agent.answer(request, 200, "{}", OK);
            assertEquals(200, client.answer().status());
        }
    }

    @Test
    void aChunkedBody() throws Exception {
        try (RawClient client = tunnel.raw()) {
            client.request("POST", tunnel.path("/"), "Transfer-Encoding: chunked");
            client.send("3\r\nabc\r\n").send("A\r\n0123456789\r\n0\r\n\r\n");
            JsonNode request = agent.next();
            agent.answer(request, 200, "{}", OK);
            assertEquals(200, client.answer().status());
            assertArrayEquals(
                    "abc0123456789".getBytes(StandardCharsets.US_ASCII),
                    Base64.getDecoder().decode(request.path("body").asText()));
            assertEquals(List.of(), values(request, "Transfer-Encoding"));
        }
    }

    @Test
    void manyTinyChunksCostWhatTheyWeigh() throws Exception {
        try (RawClient client = tunnel.raw()) {
            client.request("POST", tunnel.path("/"), "Transfer-Encoding: chunked");
            // If each chunk kept a buffer of 64 KiB, these would take 12 GiB.
            client.send("1\r\nx\r\n".repeat(200_000)).send("0\r\n\r\n");
            JsonNode request = agent.next();
            agent.answer(request, 200, "{}", OK);
            assertEquals(200, client.answer().status());
            assertEquals(200_000, Base64.getDecoder().decode(request.path("body").asText()).length);
        }
    }

    @Test
    void anExpectationIsMetByTheServer() throws Exception {
        try (RawClient client = tunnel.raw()) {
            client.request("POST", tunnel.path("/"), "Content-Length: 4", "Expect: 100-continue");
            assertEquals(100, client.answer().status());
            client.send("body");
            JsonNode request = agent.next();
            agent.answer(request, 201, "{}", OK);
            assertEquals(201, client.answer().status());
            assertEquals("Ym9keQ==", request.path("body").asText());
        }
    }

    @Test
    void severalRequestsOnOneConnection() throws Exception {
        try (RawClient client = tunnel.raw()) {
            for (int i = 0; i < 5; i++) {
                client.request("POST", tunnel.path("/" + i), "Content-Length: 1").send("b");
                JsonNode request = agent.next();
                assertEquals("/" + i, request.path("path").asText());
                agent.answer(request, 200, "{}", OK);
                assertEquals("ok", client.answer().text());
            }
        }
    }

    @Test
    void requestIdsOnTheLinkAreUnique() throws Exception {
        try (RawClient one = tunnel.raw();
                RawClient two = tunnel.raw()) {
            one.request("GET", tunnel.path("/1"));
            two.request("GET", tunnel.path("/2"));
            JsonNode first = agent.next();
            JsonNode second = agent.next();
            assertFalse(first.path("req_id").equals(second.path("req_id")));
            assertTrue(first.path("req_id").isTextual());
            agent.answer(second, 200, "{}", OK);
            agent.answer(first, 200, "{}", OK);
            assertEquals(200, one.answer().status());
            assertEquals(200, two.answer().status());
        }
    }
}
