package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.server.relay.servers.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three server processes joined by a real Redis, and agents at one of them or at any. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InstancesIT {

    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final int INSTANCES = 3;
    private static final int[] SIZES = {0, 1, 4096, 70_000, 5_000_000};

    @TempDir private static Path folder;

    private static final List<Programs> SERVERS = new ArrayList<>();
    private static final List<Integer> PORTS = new ArrayList<>();
    private static RedisServer redis;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Random random = new Random(7);
    private final Semaphore mayGoOn = new Semaphore(0);

    @BeforeAll
    static void start() throws Exception {
        redis = new RedisServer();
        for (int i = 0; i < INSTANCES; i++) {
            SERVERS.add(launch());
        }
        for (Programs server : SERVERS) {
            PORTS.add(port(server));
        }
    }

    private static Programs launch() throws Exception {
        Map<String, String> env = Map.of("REDIS_URL", redis.url(), "TUNNEL_KEY", KEY);
        return Programs.start(folder, "tunnel-server", env, "--port", "0");
    }

    private static int port(Programs server) throws Exception {
        String line = server.await("port", l -> l.contains("listening on port"));
        return Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
    }

    @AfterAll
    static void stop() {
        SERVERS.forEach(Programs::close);
        redis.close();
    }

    @BeforeEach
    void awaitAll() throws Exception {
        for (int port : PORTS) {
            awaitReady(port, 200);
        }
    }

    @AfterEach
    void closeClient() {
        client.close();
    }

    private void awaitReady(int port, int status) throws Exception {
        Waiting.until(15, "ready " + status, () -> get(port, "/health/ready") == status);
    }

    private int get(int port, String path) {
        URI url = URI.create("http://localhost:" + port + path);
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(20)).build();
            return client.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private TunnelAgent agent(String server, int local, String mode) throws Exception {
        TunnelAgent agent =
                TunnelAgent.builder()
                        .server(server)
                        .local("http://127.0.0.1:" + local)
                        .mode(mode)
                        .credentialsFile(folder.resolve("credentials-" + local + ".json"))
                        .start();
        assertTrue(agent.awaitConnected(Duration.ofSeconds(20)));
        return agent;
    }

    private static String path(TunnelAgent agent) {
        String url = agent.publicUrl();
        return url.substring(url.indexOf("/pub/"));
    }

    private static String hash(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /** Sends a body and gets it back; the status. */
    private int echo(int port, String path, int size) throws Exception {
        byte[] body = new byte[size];
        random.nextBytes(body);
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path + "/echo"))
                        .timeout(Duration.ofSeconds(30))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build();
        HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
        if (answer.statusCode() == 200) {
            assertEquals(hash(body), hash(answer.body()), size + " bytes by way of " + port);
        }
        return answer.statusCode();
    }

    @Test
    void anyInstanceServesAgentsOfEachInEitherMode() throws Exception {
        try (EchoService local = new EchoService();
                EchoService other = new EchoService();
                TunnelAgent binary = agent(url(0), local.port(), "auto");
                TunnelAgent json = agent(url(1), other.port(), "json")) {
            for (int size : SIZES) {
                for (int port : PORTS) {
                    assertEquals(200, echo(port, path(binary), size));
                    assertEquals(200, echo(port, path(json), size));
                }
            }
        }
    }

    private String url(int instance) {
        return "http://localhost:" + PORTS.get(instance);
    }

    private void eventsOrRaw(RawService.Call call) throws Exception {
        if (call.head().target().contains("events")) {
            call.wire()
                    .head(
                            "HTTP/1.1 200 OK",
                            "Content-Type: text/event-stream",
                            "Transfer-Encoding: chunked");
            for (int i = 0; i < 3; i++) {
                call.wire().chunk("data: " + i + "\n\n");
                assertTrue(mayGoOn.tryAcquire(20, TimeUnit.SECONDS), "the client saw the event");
            }
            call.wire().lastChunk();
        } else {
            call.wire()
                    .head(
                            "HTTP/1.1 101 Switching Protocols",
                            "Connection: Upgrade",
                            "Upgrade: echo");
            int count = call.wire().body(call.head(), true).readAllBytes().length;
            call.wire().send(count + " bytes").close();
        }
    }

    @Test
    void eventsAndUpgradesPassTheRelay() throws Exception {
        try (RawService local = new RawService(this::eventsOrRaw);
                TunnelAgent agent = agent(url(0), local.port(), "auto")) {
            int asked = PORTS.get(1);
            try (Wire wire = Wire.to(asked)) {
                wire.send("GET " + path(agent) + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
                InputStream body = wire.body(wire.readAnswer(), false);
                for (int i = 0; i < 3; i++) {
                    String event = new String(body.readNBytes(9), StandardCharsets.US_ASCII);
                    assertEquals("data: " + i + "\n\n", event);
                    mayGoOn.release(); // only now comes the next one
                }
                assertEquals(-1, body.read());
            }
            try (Wire wire = Wire.to(asked)) {
                wire.send(
                        "GET "
                                + path(agent)
                                + "/raw HTTP/1.1\r\nHost: localhost\r\n"
                                + "Connection: Upgrade\r\nUpgrade: echo\r\n\r\n");
                Wire.Head answer = wire.readAnswer();
                assertEquals(101, answer.status());
                wire.send("some ").send("bytes");
                wire.socket().shutdownOutput();
                byte[] all = wire.body(answer, true).readAllBytes();
                assertEquals("10 bytes", new String(all, StandardCharsets.US_ASCII));
            }
        }
    }

    /** Where its links go next is for the balancer in front; all others find it there. */
    @Test
    void anotherInstanceTakesOverFromOneThatIsKilled() throws Exception {
        try (EchoService local = new EchoService();
                Programs owner = launch();
                Balancer front = new Balancer(List.of(port(owner)));
                TunnelAgent agent = agent(front.url(), local.port(), "auto")) {
            awaitReady(port(owner), 200);
            assertEquals(200, echo(PORTS.get(0), path(agent), 70_000));
            front.to(PORTS);
            owner.kill();
            int ignored = owner.awaitExit();
            // A request that comes now waits for the agent, wherever it comes back.
            for (int port : PORTS) {
                assertEquals(200, get(port, path(agent) + "/"), InstancesIT::logs);
                assertEquals(200, echo(port, path(agent), 70_000), InstancesIT::logs);
            }
        }
    }

    private static String logs() {
        StringBuilder logs = new StringBuilder();
        for (int i = 0; i < INSTANCES; i++) {
            logs.append("\n-- ").append(PORTS.get(i)).append('\n').append(SERVERS.get(i).output());
        }
        return logs.toString();
    }

    @Test
    void aBrokerThatIsAwayAndComesBackEmptyCostsOnlyWhatIsRelayed() throws Exception {
        try (EchoService local = new EchoService();
                TunnelAgent agent = agent(url(0), local.port(), "auto")) {
            assertEquals(200, echo(PORTS.get(1), path(agent), 4096));
            redis.stop();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            awaitReady(PORTS.get(1), 503);
            while (System.nanoTime() < end) {
                long began = System.nanoTime();
                assertEquals(503, echo(PORTS.get(1), path(agent), 10));
                assertTrue(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(1), "at once");
                assertEquals(200, echo(PORTS.get(0), path(agent), 4096));
                assertEquals(200, get(PORTS.get(1), "/health/live"));
            }
            redis.start();
            for (int port : PORTS) {
                awaitReady(port, 200);
            }
            Waiting.until(5, "relayed", () -> get(PORTS.get(1), path(agent) + "/") == 200);
            assertEquals(200, echo(PORTS.get(2), path(agent), 5_000_000));
        }
    }
}
