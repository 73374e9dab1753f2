package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many requests on one link, and two agents of one tunnel. */
class ManyAtATimeTest {

    private static final int REQUESTS = 600;
    private static final byte[] OK = "ok".getBytes(StandardCharsets.US_ASCII);

    private Tunnel tunnel;

    @BeforeEach
    void start() throws Exception {
        tunnel = Tunnel.start();
    }

    @AfterEach
    void stop() {
        tunnel.close();
    }

    @Test
    void sixHundredRequestsAnsweredInAnyOrderAreNotMixedUp() throws Exception {
        JdkAgent agent = tunnel.agent();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            answers.add(
                    tunnel.client.sendAsync(
                            tunnel.to("/" + i + "?n=" + i)
                                    .POST(BodyPublishers.ofString(body(i)))
                                    .build(),
                            BodyHandlers.ofString()));
        }
        List<JsonNode> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            requests.add(agent.next());
        }
        Collections.shuffle(requests, new Random(4));
        for (JsonNode request : requests) {
            int n = Integer.parseInt(request.path("path").asText().substring(1));
            assertEquals("n=" + n, request.path("query").asText());
            byte[] body = Base64.getDecoder().decode(request.path("body").asText());
            assertEquals(body(n), new String(body, StandardCharsets.UTF_8));
            String id = JdkAgent.header(request, "X-Request-Id");
            agent.answer(request, 200 + n % 2, "{\"X-Seen\":[\"" + id + "\"]}", body);
        }
        for (int i = 0; i < REQUESTS; i++) {
            HttpResponse<String> answer = answers.get(i).get(20, TimeUnit.SECONDS);
            assertEquals(200 + i % 2, answer.statusCode());
            assertEquals(body(i), answer.body());
            assertEquals(
                    answer.headers().firstValue("X-Request-Id"),
                    answer.headers().firstValue("X-Seen"));
        }
    }

    private static String body(int n) {
        return ("body " + n + ";").repeat(1 + n);
    }

    @Test
    void aSecondAgentTakesOver() throws Exception {
        JdkAgent first = tunnel.agent();
        try (RawClient early = tunnel.raw();
                RawClient late = tunnel.raw()) {
            early.request("GET", tunnel.path("/early"));
            JsonNode open = first.next();
            JdkAgent second = tunnel.agent();
            late.request("GET", tunnel.path("/late"));
            JsonNode next = second.next();
            assertEquals("/late", next.path("path").asText());
            assertFalse(first.isClosed()); // it has an answer to give
            first.answer(open, 200, "{}", OK);
            second.answer(next, 200, "{}", OK);
            assertEquals(200, early.answer().status());
            assertEquals(200, late.answer().status());
            assertEquals(4001, first.awaitClose().code());
            assertFalse(second.isClosed());
        }
    }

    @Test
    void theFirstAgentGoesAtOnceWhereNothingIsOpen() throws Exception {
        JdkAgent first = tunnel.agent();
        JdkAgent second = tunnel.agent();
        JdkAgent.Close close = first.awaitClose();
        assertEquals(4001, close.code());
        assertTrue(close.reason().contains("newer agent"), close.reason());
        assertFalse(second.isClosed());
        try (RawClient client = tunnel.raw()) {
            client.request("GET", tunnel.path("/"));
            second.answer(second.next(), 200, "{}", OK);
            assertEquals(200, client.answer().status());
        }
    }
}
