package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.relay.servers.Certificate;
import io.cloudtunnel.server.relay.servers.NatsServer;
import io.cloudtunnel.server.relay.servers.RealServer;
import io.cloudtunnel.server.relay.servers.RedisServer;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two servers joined by real brokers, that speak TLS, or hang. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RealBrokerTest {

    private static final String KEY = "k:" + "0123456789abcdef".repeat(4);
    private static final int UNAVAILABLE = 503;

    private static Tunnel instance(Consumer<TunnelServerBuilder> joins) throws Exception {
        Tunnel started =
                Tunnel.start(builder -> {
                    builder.tunnelKey(KEY).bridgeTime(Duration.ofSeconds(3));
                    joins.accept(builder);
                });
        awaitReady(started, 200);
        return started;
    }

    private static void awaitReady(Tunnel instance, int status) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        HttpRequest ready = HttpRequest.newBuilder(instance.at("/health/ready")).build();
        while (instance.client.send(ready, BodyHandlers.discarding()).statusCode() != status) {
            assertTrue(System.nanoTime() < end, "ready with " + status + " within 10 s");
            boolean ignored = new Semaphore(0).tryAcquire(10, TimeUnit.MILLISECONDS);
        }
    }

    private static HttpResponse<byte[]> post(Tunnel asked, Tunnel of, byte[] body)
            throws IOException, InterruptedException {
        return asked.client.send(
                HttpRequest.newBuilder(asked.at(of.path("/x")))
                        .POST(BodyPublishers.ofByteArray(body))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private static void echo(JdkAgent.Request request) {
        request.answer(200, request.body());
    }

    private static void assertCarries(Tunnel asked, Tunnel of) throws Exception {
        byte[] body = new byte[1_000_000];
        Arrays.fill(body, (byte) 7);
        HttpResponse<byte[]> answer = post(asked, of, body);
        assertEquals(200, answer.statusCode());
        assertTrue(Arrays.equals(body, answer.body()));
    }

    @Test
    void bothBrokersOverTls(@TempDir Path folder) throws Exception {
        try (Certificate own = Certificate.trusted(folder);
                RedisServer redis = RedisServer.overTls(own);
                NatsServer nats = NatsServer.overTls(own)) {
            try (Tunnel owner = instance(b -> b.redisUrl(redis.url()));
                    Tunnel asked = instance(b -> b.redisUrl(redis.url()))) {
                owner.agent(RealBrokerTest::echo);
                assertCarries(asked, owner);
            }
            try (Tunnel owner = instance(b -> b.redisUrl(redis.url()).natsUrl(nats.url()));
                    Tunnel asked = instance(b -> b.redisUrl(redis.url()).natsUrl(nats.url()))) {
                owner.agent(RealBrokerTest::echo);
                assertCarries(asked, owner);
            }
            try (Tunnel other =
                    Tunnel.start(b -> b.tunnelKey(KEY).redisUrl(redis.url("127.0.0.1")))) {
                awaitReady(other, UNAVAILABLE); // no such name in the certificate
            }
        }
    }

    @Test
    void aRedisThatHangsCostsOnlyWhatIsRelayed() throws Exception {
        try (RedisServer redis = new RedisServer();
                Tunnel owner = instance(b -> b.redisUrl(redis.url()));
                Tunnel asked = instance(b -> b.redisUrl(redis.url()))) {
            hangs(redis, owner, asked);
        }
    }

    @Test
    void aNatsThatHangsCostsOnlyWhatIsRelayed() throws Exception {
        try (RedisServer redis = new RedisServer();
                NatsServer nats = new NatsServer();
                Tunnel owner = instance(b -> b.redisUrl(redis.url()).natsUrl(nats.url()));
                Tunnel asked = instance(b -> b.redisUrl(redis.url()).natsUrl(nats.url()))) {
            hangs(nats, owner, asked);
        }
    }

    private static void hangs(RealServer broker, Tunnel owner, Tunnel asked) throws Exception {
        owner.agent(RealBrokerTest::echo);
        assertCarries(asked, owner);
        broker.hang();
        try {
            long began = System.nanoTime();
            int first = post(asked, owner, new byte[9]).statusCode();
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            // Its way was known already: sent, with an outcome that nobody knows.
            assertTrue(first == 502 || first == UNAVAILABLE, "status " + first);
            assertTrue(millis < 6000, "within 6 s: " + millis);
            assertEquals(200, post(owner, owner, new byte[9]).statusCode(), "it has its own link");
            awaitReady(asked, UNAVAILABLE);
            for (int i = 0; i < 3; i++) {
                began = System.nanoTime();
                HttpResponse<byte[]> refused = post(asked, owner, new byte[9]);
                millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
                assertEquals(UNAVAILABLE, refused.statusCode());
                assertEquals(
                        "broker-unavailable",
                        refused.headers().firstValue("Cloudtunnel-Error").orElse(""));
                assertTrue(millis < 1000, "at once: " + millis);
                assertEquals(200, post(owner, owner, new byte[9]).statusCode());
            }
        } finally {
            broker.goOn();
        }
        awaitReady(asked, 200);
        awaitReady(owner, 200);
        assertCarries(asked, owner);
    }
}
