package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.server.relay.servers.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tunnels that are deleted and secrets that are rotated, by processes that share a real Redis which
 * keeps what it is told on disk; all of them are killed, and know it again.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RevocationIT {

    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final int REVOKED = 4002;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private static Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** A link as somebody else would open it; gives the code that it is closed with. */
    private static final class Link implements WebSocket.Listener {
        private final CompletableFuture<Integer> code = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            code.complete(status);
            return CompletableFuture.completedFuture(null);
        }

        int awaitClose() throws Exception {
            return code.get(8, TimeUnit.SECONDS);
        }
    }

    private record Pair(String id, String secret) {}

    private static Programs launch(RedisServer redis) throws Exception {
        Map<String, String> env =
                Map.of("REDIS_URL", redis.url(), "TUNNEL_KEY", KEY, "ROTATE_GRACE", "3s");
        return Programs.start(folder, "tunnel-server", env, "--port", "0");
    }

    private int port(Programs server) throws Exception {
        String line = server.await("port", l -> l.contains("listening on port"));
        int port = Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
        Waiting.until(15, "ready", () -> isReady(port));
        return port;
    }

    private boolean isReady(int port) {
        try {
            return send(port, "GET", "/health/ready", "none", "").statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private HttpResponse<String> send(
            int port, String method, String path, String secret, String body)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                        .method(method, BodyPublishers.ofString(body))
                        .header("Authorization", "Bearer " + secret)
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                BodyHandlers.ofString());
    }

    private Pair register(int port, String old) throws Exception {
        JsonNode pair = JSON.readTree(send(port, "POST", "/register", "", old).body());
        return new Pair(pair.path("id").asText(), pair.path("secret").asText());
    }

    private Link link(int port, Pair pair) throws Exception {
        Link link = new Link();
        URI url =
                URI.create(
                        "ws://localhost:"
                                + port
                                + "/ws?id="
                                + pair.id()
                                + "&secret="
                                + pair.secret());
        try {
            WebSocket ignored = client.newWebSocketBuilder().buildAsync(url, link).join();
        } catch (CompletionException e) {
            link.code.complete(401);
        }
        return link;
    }

    private boolean isLetIn(int port, Pair pair) throws Exception {
        return !link(port, pair).code.isDone();
    }

    @Test
    void whatIsRevokedStaysSoWhoeverIsStartedAgain() throws Exception {
        Pair deleted;
        Pair before;
        Pair after;
        try (RedisServer redis = RedisServer.onDisk(folder)) {
            try (Programs one = launch(redis);
                    Programs two = launch(redis)) {
                int here = port(one);
                int there = port(two);
                deleted = register(here, "{}");
                before = register(here, "{}");
                Link open = link(there, deleted);
                Link old = link(there, before);
                String path = "/tunnels/" + deleted.id();
                assertEquals(200, send(here, "GET", path, deleted.secret(), "").statusCode());
                assertEquals(204, send(here, "DELETE", path, deleted.secret(), "").statusCode());
                assertEquals(REVOKED, open.awaitClose());
                HttpResponse<String> rotated =
                        send(
                                here,
                                "POST",
                                "/tunnels/" + before.id() + "/rotate",
                                before.secret(),
                                "");
                assertEquals(200, rotated.statusCode(), rotated.body());
                String secret = JSON.readTree(rotated.body()).path("secret").asText();
                after = new Pair(before.id(), secret);
                path = "/tunnels/" + before.id();
                assertEquals(200, send(there, "GET", path, before.secret(), "").statusCode());
                assertEquals(REVOKED, old.awaitClose());
                redis.stop();
                // Whoever was told of it knows without asking.
                assertEquals(401, link(there, deleted).awaitClose());
                assertEquals(401, link(there, before).awaitClose());
                redis.start();
            }
            try (Programs three = launch(redis)) {
                int later = port(three);
                assertEquals(401, link(later, deleted).awaitClose());
                assertEquals(401, link(later, before).awaitClose());
                assertTrue(isLetIn(later, after));
                String held =
                        JSON.writeValueAsString(
                                Map.of("id", deleted.id(), "secret", deleted.secret()));
                assertNotEquals(deleted.id(), register(later, held).id());
            }
        }
    }
}
