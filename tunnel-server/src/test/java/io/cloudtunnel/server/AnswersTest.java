package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a public client gets of an agent's answer. */
class AnswersTest {

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

    private RawClient.Answer exchange(String method, int status, String headers, byte[] body)
            throws Exception {
        try (RawClient client = tunnel.raw()) {
            client.request(method, tunnel.path("/"));
            agent.answer(agent.next(), status, headers, body);
            RawClient.Answer answer = client.answer(!method.equals("HEAD"));
            // The connection is in step: what follows is the next answer.
            client.request("GET", tunnel.path("/next"));
            agent.answer(agent.next(), 200, "{}", OK);
            assertEquals("ok", client.answer().text());
            return answer;
        }
    }

    /** Answers one request with a text of the test's own. */
    private RawClient.Answer answerWith(String message) throws Exception {
        try (RawClient client = tunnel.raw()) {
            client.request("GET", tunnel.path("/"));
            JsonNode request = agent.next();
            agent.send(message.replace("ID", request.path("req_id").asText()));
            return client.answer();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 206, 226, 301, 400, 404, 418, 429, 500, 503, 599})
    void anyStatus(int status) throws Exception {
        RawClient.Answer answer = exchange("GET", status, "{}", OK);
        assertEquals(status, answer.status());
        assertEquals("ok", answer.text());
        assertEquals("", answer.first("Cloudtunnel-Error"));
    }

    @Test
    void fieldsWithDuplicates() throws Exception {
        RawClient.Answer answer =
                exchange(
                        "GET",
                        200,
                        """
                        {"Set-Cookie":["a=1; Path=/","b=2, c"],"X-One":"a, b","x-null":null,
                         "Content-Type":["text/x"],"Location":["/elsewhere"],"X-Latin":["\\u00e4"],
                         "Content-Encoding":["gzip"]}
                        """,
                        OK);
        String prefix = "/pub/" + tunnel.id;
        assertEquals(List.of("a=1; Path=" + prefix, "b=2, c"), answer.all("Set-Cookie"));
        assertEquals(List.of("a, b"), answer.all("X-One"));
        assertEquals(List.of(), answer.all("X-Null"));
        assertEquals(List.of("text/x"), answer.all("Content-Type"));
        assertEquals(List.of(prefix + "/elsewhere"), answer.all("Location"));
        assertEquals(List.of("gzip"), answer.all("Content-Encoding"));
    }

    @Test
    void aConnectionThatEndsWithA426SaysBoth() throws Exception {
        try (RawClient client = tunnel.raw()) {
            client.request("GET", tunnel.path("/"), "Connection: close");
            agent.answer(agent.next(), 426, "{\"Upgrade\":[\"echo/2\"]}", OK);
            RawClient.Answer answer = client.answer();
            assertEquals(List.of("echo/2"), answer.all("Upgrade"));
            assertEquals(List.of("Upgrade, close"), answer.all("Connection"));
            assertTrue(client.closedByServer());
        }
    }

    @Test
    void hopByHopAndReservedFieldsStayBehind() throws Exception {
        RawClient.Answer answer =
                exchange(
                        "GET",
                        200,
                        """
                        {"Connection":["close, X-Mine"],"X-Mine":["1"],"Keep-Alive":["1"],
                         "Transfer-Encoding":["chunked"],"Upgrade":["h2c"],"Content-Length":["999"],
                         "Cloudtunnel-Instance":["evil"],"Cloudtunnel-Links":["0"],
                         "X-Request-Id":["evil"]}
                        """,
                        OK);
        assertEquals("ok", answer.text());
        assertFalse(answer.lines().toString().contains("evil"), answer.lines().toString());
        for (String name : List.of("X-Mine", "Keep-Alive", "Transfer-Encoding", "Upgrade")) {
            assertEquals("", answer.first(name), name);
        }
        assertEquals(List.of("2"), answer.all("Content-Length"));
        assertEquals(List.of(), answer.all("Cloudtunnel-Links"));
    }

    @Test
    void anAgentSaysWhatFailedAtItsEnd() throws Exception {
        RawClient.Answer answer =
                exchange("GET", 502, "{\"Cloudtunnel-Error\":[\"local-unreachable\"]}", OK);
        assertEquals(502, answer.status());
        assertEquals("local-unreachable", answer.first("Cloudtunnel-Error"));
    }

    @Test
    void headKeepsItsLength() throws Exception {
        RawClient.Answer answer =
                exchange("HEAD", 200, "{\"Content-Length\":[\"12345\"]}", new byte[0]);
        assertEquals("12345", answer.first("Content-Length"));
        assertEquals(200, exchange("HEAD", 200, "{}", OK).status()); // a body that none may have
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "-1", "1, 2", ""})
    void aLengthThatIsNoneDoesNoHarm(String length) throws Exception {
        int status =
                exchange("HEAD", 200, "{\"Content-Length\":[\"" + length + "\"]}", new byte[0])
                        .status();
        assertTrue(status == 200 || status == 502, "" + status);
    }

    @ParameterizedTest
    @CsvSource({"204", "304"})
    void answersWithoutBody(int status) throws Exception {
        RawClient.Answer answer = exchange("GET", status, "{\"ETag\":[\"\\\"x\\\"\"]}", OK);
        assertEquals(status, answer.status());
        assertEquals("\"x\"", answer.first("ETag"));
        assertEquals(304, exchange("GET", 304, "{\"Content-Length\":[\"77\"]}", OK).status());
    }

    @Test
    void anEmptyBody() throws Exception {
        RawClient.Answer answer = exchange("GET", 200, "{}", new byte[0]);
        assertEquals(0, answer.body().length());
        assertEquals("0", answer.first("Content-Length"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'resp','req_id':'ID','status':200}",
                "{'type':'resp','req_id':'ID','status':200,'headers':null,'body':null}",
                "{'x':{'y':[1,{'z':null}]},'type':'resp','req_id':'ID','status':200,'body':''}",
                " {'body':'','status':200,'req_id':'ID','type':'resp'} "
            })
    void absentMembersAndUnknownOnes(String message) throws Exception {
        assertEquals(200, answerWith(message.replace('\'', '"')).status());
    }

    @Test
    void bodiesWithoutPadding() throws Exception {
        assertEquals(
                "hi",
                answerWith(
                                """
                                {"type":"resp","req_id":"ID","status":200,"body":"aGk"}
                                """)
                        .text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'resp','req_id':'ID'}",
                "{'type':'resp','req_id':'ID','status':'200'}",
                "{'type':'resp','req_id':'ID','status':99}",
                "{'type':'resp','req_id':'ID','status':101}",
                "{'type':'resp','req_id':'ID','status':1000}",
                "{'type':'resp','req_id':'ID','status':200.5}",
                "{'type':'resp','req_id':'ID','status':200,'headers':[]}",
                "{'type':'resp','req_id':'ID','status':200,'headers':{'A':[{}]}}",
                "{'type':'resp','req_id':'ID','status':200,'headers':{'A\\r\\nEvil':['b']}}",
                "{'type':'resp','req_id':'ID','status':200,'headers':{'A':['b\\r\\nEvil: c']}}",
                "{'type':'resp','req_id':'ID','status':200,'headers':{'A':['b\\u0000']}}",
                "{'type':'resp','req_id':'ID','status':200,'headers':{'':['b']}}",
                "{'type':'resp','req_id':'ID','status':200,'headers':{'A b':['b']}}",
                "{'type':'resp','req_id':'ID','status':200,'body':'!!!!'}",
                "{'type':'resp','req_id':'ID','status':200,'body':7}",
                "{'type':'resp','req_id':'ID','status':200,'body':'a_-b'}"
            })
    void aMalformedAnswerCostsOnlyItsRequest(String message) throws Exception {
        RawClient.Answer answer = answerWith(message.replace('\'', '"'));
        assertEquals(502, answer.status(), answer.text());
        assertEquals("agent-answer-malformed", answer.first("Cloudtunnel-Error"));
        assertTrue(answer.text().startsWith("the agent's answer is malformed"), answer.text());
        assertFalse(answer.lines().toString().contains("Evil"));
        assertEquals("ok", exchange("GET", 200, "{}", OK).text());
    }

    @Test
    void answersToNobodyAreIgnored() throws Exception {
        agent.send("{\"type\":\"resp\",\"req_id\":\"999\",\"status\":200}");
        agent.send("{\"type\":\"req\",\"req_id\":\"1\",\"method\":\"GET\",\"path\":\"/\"}");
        agent.send("{\"type\":\"later\",\"x\":1}");
        agent.send("{}");
        assertEquals("ok", exchange("GET", 200, "{}", OK).text());
    }

    @Test
    void onlyTheFirstAnswerCounts() throws Exception {
        try (RawClient client = tunnel.raw()) {
            client.request("GET", tunnel.path("/"));
            JsonNode request = agent.next();
            agent.answer(request, 200, "{}", OK);
            agent.answer(request, 500, "{}", new byte[100]);
            assertEquals(200, client.answer().status());
        }
        assertEquals("ok", exchange("GET", 200, "{}", OK).text());
    }

    @Test
    void anAnswerInFragments() throws Exception {
        byte[] body = new byte[5000];
        new Random(2).nextBytes(body);
        try (RawClient client = tunnel.raw()) {
            client.request("GET", tunnel.path("/"));
            String id = agent.next().path("req_id").asText();
            agent.sendInFragments(
                    "{\"type\":\"resp\",\"req_id\":\""
                            + id
                            + "\",\"status\":200,\"headers\":{\"X-Word\":[\"h\u00e9\"]},\"body\":\""
                            + Base64.getEncoder().encodeToString(body)
                            + "\"}",
                    7);
            assertArrayEquals(body, client.answer().body().toByteArray());
        }
    }

    @Test
    void tenMebibytesBothWaysInTimeLinearInTheSize() throws Exception {
        JdkAgent echo = tunnel.agent(request -> request.answer(200, request.body()));
        byte[] small = new byte[1 << 20];
        byte[] large = new byte[10 << 20];
        new Random(3).nextBytes(large);
        System.arraycopy(large, 0, small, 0, small.length);
        echoed(small); // warms up
        long one = echoed(small);
        long ten = echoed(large);
        // Quadratic code needs 100 times the time of one mebibyte.
        assertTrue(ten < 40 * Math.max(one, 20_000_000), one + " ns, then " + ten + " ns");
        assertFalse(echo.isClosed());
    }

    private long echoed(byte[] body) throws Exception {
        long began = System.nanoTime();
        HttpResponse<byte[]> answer =
                tunnel.client.send(
                        tunnel.to("/echo").POST(BodyPublishers.ofByteArray(body)).build(),
                        BodyHandlers.ofByteArray());
        long nanos = System.nanoTime() - began;
        assertEquals(
                200, answer.statusCode(), () -> new String(answer.body(), StandardCharsets.UTF_8));
        assertTrue(Arrays.equals(body, answer.body()));
        return nanos;
    }

    @Test
    void aClientThatLeavesAmidAnAnswerCostsNothingElse() throws Exception {
        try (LogCapture log = new LogCapture()) {
            try (RawClient client = tunnel.raw()) {
                client.request("GET", tunnel.path("/"));
                agent.answer(agent.next(), 200, "{}", new byte[16 << 20]);
                client.exactly(1000);
            }
            assertEquals("ok", exchange("GET", 200, "{}", OK).text());
            tunnel.close();
            assertFalse(log.text().contains("defect"), log.text());
            assertTrue(log.text().contains("end=cancelled"), log.text());
        }
    }
}
