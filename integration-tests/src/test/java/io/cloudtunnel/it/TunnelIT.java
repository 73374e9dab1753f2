package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.server.TunnelServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real server, agent and local service, as libraries in one process. */
class TunnelIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir Path folder;

    private EchoService local;
    private TunnelServer server;
    private TunnelAgent agent;
    private HttpClient client;

    @BeforeEach
    void start() throws Exception {
        local = new EchoService();
        server =
                TunnelServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .bridgeTime(Duration.ofMillis(100))
                        .start();
        agent = agent();
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        assertTrue(agent.awaitConnected(PATIENCE), "the agent connects");
    }

    private TunnelAgent agent() throws Exception {
        return TunnelAgent.builder()
                .server("http://localhost:" + server.port())
                .local("http://127.0.0.1:" + local.port())
                .credentialsFile(folder.resolve("credentials.json"))
                .start();
    }

    @AfterEach
    void stop() {
        client.close();
        agent.close();
        server.close();
        local.close();
    }

    private HttpResponse<byte[]> post(String path, byte[] body) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(agent.publicUrl() + path))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .timeout(Duration.ofSeconds(60))
                        .build();
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void pathAndQueryArriveByteForByte() throws Exception {
        HttpResponse<byte[]> response = post("/a%2Fb//c;x?y=%7b&z=%2F", new byte[] {1});
        assertEquals(200, response.statusCode());
        assertEquals(
                "/a%2Fb//c;x?y=%7b&z=%2F",
                response.headers().firstValue("X-Seen-Target").orElseThrow());
    }

    @Test
    void oneRequestIdEverywhere() throws Exception {
        HttpResponse<byte[]> response = post("/", new byte[0]);
        assertEquals(
                response.headers().firstValue("X-Request-Id").orElseThrow(),
                response.headers().firstValue("X-Seen-Request-Id").orElseThrow());
    }

    @Test
    void sixHundredAtATimeWithoutMixUp() throws Exception {
        int count = 600;
        List<Future<HttpResponse<byte[]>>> answers = new ArrayList<>();
        List<byte[]> bodies = new ArrayList<>();
        Random random = new Random(7);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                byte[] body = new byte[1 + random.nextInt(20_000)];
                random.nextBytes(body);
                bodies.add(body);
                String path = "/" + i;
                answers.add(threads.submit(() -> post(path, body)));
            }
            for (int i = 0; i < count; i++) {
                HttpResponse<byte[]> answer = answers.get(i).get();
                assertEquals(200, answer.statusCode(), "request " + i);
                assertArrayEquals(bodies.get(i), answer.body(), "request " + i);
            }
        }
        assertEquals(count, local.requests());
    }

    @Test
    void tenMebibytesBothWays() throws Exception {
        byte[] body = new byte[10 * 1024 * 1024];
        new Random(3).nextBytes(body);
        HttpResponse<byte[]> response = post("/", body);
        assertEquals(200, response.statusCode());
        assertArrayEquals(body, response.body());
    }

    @Test
    void theUrlSurvivesTheAgentsRestart() throws Exception {
        String before = agent.publicUrl();
        agent.close();
        assertEquals(
                502,
                client.send(
                                HttpRequest.newBuilder(URI.create(before)).build(),
                                HttpResponse.BodyHandlers.discarding())
                        .statusCode());
        agent = agent();
        assertTrue(agent.awaitConnected(PATIENCE), "the agent connects again");
        assertEquals(before, agent.publicUrl());
        assertEquals(200, post("/", new byte[] {1}).statusCode());
    }
}
