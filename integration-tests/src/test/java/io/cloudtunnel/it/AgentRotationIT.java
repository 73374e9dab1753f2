package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cloudtunnel.server.relay.servers.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent that has its secret rotated, and one that shares its file and is not told: requests go
 * on meanwhile, and the tunnel stays theirs.
 */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AgentRotationIT {

    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private static Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Path file = folder.resolve("credentials.json");
    private final Set<Integer> statuses = ConcurrentHashMap.newKeySet();

    private Programs agent(int server, RawService local, String... more) throws Exception {
        Map<String, String> env = Map.of("TUNNEL_CREDENTIALS", file.toString());
        return Programs.agent(folder, env, server, local.port(), more);
    }

    private ObjectNode kept() throws Exception {
        return (ObjectNode) JSON.readTree(file.toFile()).path("tunnels").path(0);
    }

    /** As if the secret had been there for long. */
    private void age() throws Exception {
        ObjectNode root = (ObjectNode) JSON.readTree(file.toFile());
        ((ObjectNode) root.path("tunnels").path(0)).put("since", 1);
        Files.write(file, JSON.writeValueAsBytes(root));
    }

    private void ask(String url, Thread until) {
        try {
            while (until.isAlive()) {
                HttpRequest get =
                        HttpRequest.newBuilder(URI.create(url))
                                .timeout(Duration.ofSeconds(20))
                                .build();
                statuses.add(client.send(get, BodyHandlers.discarding()).statusCode());
            }
        } catch (IOException e) {
            statuses.add(-1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @BeforeEach
    void noneIsKept() throws Exception {
        Files.deleteIfExists(file);
    }

    /** On links that have no lifetime, so that nothing but the requests says how long they live. */
    @Test
    void whatIsOpenWhenTheSecretIsReplacedIsAnswered() throws Exception {
        CountDownLatch replaced = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        try (RawService local =
                new RawService(call -> {
                    begun.incrementAndGet();
                    replaced.await();
                    call.answer(200, "whole");
                })) {
            Map<String, String> env =
                    Map.of(
                            "TUNNEL_KEY",
                            KEY,
                            "BRIDGE_TIME",
                            "20s",
                            "STATE_FILE",
                            folder.resolve("state").toString());
            try (Programs server = Programs.start(folder, "tunnel-server", env, "--port", "0")) {
                String url;
                try (Programs first = agent(server.port(), local)) {
                    url = first.publicUrl();
                }
                age();
                HttpRequest post =
                        HttpRequest.newBuilder(URI.create(url))
                                .timeout(Duration.ofSeconds(40))
                                .POST(HttpRequest.BodyPublishers.ofString("once"))
                                .build();
                List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
                for (int i = 0; i < 4; i++) { // which wait for a link, and are on it at once
                    answers.add(client.sendAsync(post, BodyHandlers.ofString()));
                }
                try (Programs agent = agent(server.port(), local, "--rotate-every", "24h")) {
                    agent.await("rotation", line -> line.contains("has been rotated"));
                    Waiting.until(20, "all are open", () -> begun.get() == 4);
                    // Its links that were there are followed by others.
                    Waiting.until(
                            20,
                            () -> "links: " + server.output(),
                            () -> opened(server, " rotated") >= 2);
                    replaced.countDown();
                    for (CompletableFuture<HttpResponse<String>> answer : answers) {
                        assertEquals("whole", answer.get(20, TimeUnit.SECONDS).body());
                    }
                }
            }
        }
    }

    /** Links that were opened after a line of the server's log. */
    private static long opened(Programs server, String after) {
        return server.output()
                .lines()
                .dropWhile(line -> !line.contains(after))
                .filter(line -> line.endsWith(" open"))
                .count();
    }

    @Test
    void theSecretIsReplacedUnderLoad() throws Exception {
        try (RedisServer redis = RedisServer.onDisk(folder);
                RawService local = new RawService(call -> call.answer(200, "here"))) {
            Map<String, String> env =
                    Map.of("TUNNEL_KEY", KEY, "ROTATE_GRACE", "3s", "REDIS_URL", redis.url());
            try (Programs server = Programs.start(folder, "tunnel-server", env, "--port", "0");
                    Programs untold = agent(server.port(), local)) {
                String url = untold.publicUrl();
                ObjectNode before = kept();
                age();
                try (Programs rotating = agent(server.port(), local, "--rotate-every", "24h")) {
                    Thread main = Thread.currentThread();
                    Thread asking = Thread.ofVirtual().start(() -> ask(url, main));
                    rotating.await("rotation", line -> line.contains("has been rotated"));
                    untold.await("4002", line -> line.contains("has been replaced"));
                    Waiting.until(
                            20, "two links of each, twice", () -> opened(server, "listening") >= 8);
                    ObjectNode after = kept();
                    assertEquals(before.path("id"), after.path("id"));
                    assertNotEquals(before.path("secret"), after.path("secret"));
                    assertFalse(rotating.output().contains("revoked"), rotating.output());
                    rotating.kill(); // so that the other one has to serve
                    int seen = local.requests();
                    Waiting.until(20, "requests", () -> local.requests() > seen + 20);
                    asking.interrupt();
                    asking.join();
                    assertEquals(Set.of(200), statuses, server.output());
                    for (Programs each : new Programs[] {server, untold, rotating}) {
                        assertFalse(each.output().contains(before.path("secret").asText()));
                        assertFalse(each.output().contains(after.path("secret").asText()));
                    }
                }
            }
        }
    }
}
