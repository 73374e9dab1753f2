package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.server.relay.MemoryEngine;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Agents that want a tunnel for themselves, at different instances. */
@Timeout(60)
class ExclusiveRelayTest {

    private static final String KEY = "k:" + "0123456789abcdef".repeat(4);

    private final MemoryEngine memory = new MemoryEngine();

    private Tunnel instance() throws Exception {
        return Tunnel.start(builder ->
                builder.tunnelKey(KEY).bridgeTime(Duration.ofSeconds(8)).engine(memory::engine));
    }

    private static CompletableFuture<HttpResponse<String>> get(Tunnel asked, Tunnel of) {
        HttpRequest request =
                HttpRequest.newBuilder(asked.at(of.path("/")))
                        .timeout(Duration.ofSeconds(20))
                        .build();
        return asked.client.sendAsync(request, BodyHandlers.ofString());
    }

    private static int status(Tunnel asked, String path) throws Exception {
        return asked.client
                .send(HttpRequest.newBuilder(asked.at(path)).build(), BodyHandlers.discarding())
                .statusCode();
    }

    private static int answered(CompletableFuture<HttpResponse<String>> asked, BinaryAgent by)
            throws Exception {
        by.answer(by.next(Frame.Req.class).stream(), 204);
        return asked.get(20, TimeUnit.SECONDS).statusCode();
    }

    private static String error(HttpResponse<String> answer) {
        return answer.statusCode()
                + " "
                + answer.headers().firstValue("Cloudtunnel-Error").orElse("");
    }

    /** Served from wherever a request comes in, and replaced by one at another instance. */
    @Test
    void theNewestOfAllInstancesHasTheTunnel() throws Exception {
        memory.unknown(Duration.ZERO);
        try (Tunnel first = instance();
                Tunnel second = instance();
                BinaryAgent old = new BinaryAgent(first, "old", true)) {
            assertEquals(204, answered(get(first, first), old));
            assertEquals(204, answered(get(second, first), old));
            try (BinaryAgent young = new BinaryAgent(second, first, "young", true)) {
                assertEquals(4001, old.awaitClose().code());
                assertEquals(204, answered(get(second, first), young));
                assertEquals(204, answered(get(first, first), young));
                assertTrue(old.isIdle());
            }
        }
    }

    @Test
    void agentsThatShareAreReplacedToo() throws Exception {
        memory.unknown(Duration.ZERO);
        try (Tunnel first = instance();
                Tunnel second = instance();
                BinaryAgent shares = new BinaryAgent(first, "shares", false)) {
            assertEquals(204, answered(get(second, first), shares));
            try (BinaryAgent young = new BinaryAgent(second, first, "young", true)) {
                assertEquals(4001, shares.awaitClose().code());
                assertEquals(204, answered(get(first, first), young));
                try (BinaryAgent late = new BinaryAgent(first, "late", false)) {
                    assertEquals(4001, late.awaitClose().code());
                }
            }
        }
    }

    /** An instance that is cut off stops before another one begins. */
    @Test
    void neverTwoThatBothServe() throws Exception {
        try (Tunnel first = instance();
                Tunnel second = instance();
                BinaryAgent old = new BinaryAgent(first, "old", true)) {
            assertEquals(204, answered(get(first, first), old));
            AtomicLong lastByOld = new AtomicLong();
            Semaphore over = new Semaphore(0);
            Thread serving = Thread.ofVirtual().start(() -> serve(old, lastByOld));
            Thread asking = Thread.ofVirtual().start(() -> askOn(first, over));
            memory.cut(0);
            long cut = System.nanoTime();
            try (BinaryAgent young = new BinaryAgent(second, first, "young", true)) {
                assertEquals(204, answered(get(second, first), young));
                long firstByYoung = System.nanoTime();
                assertTrue(lastByOld.get() - firstByYoung < 0, "the old one served after it");
                assertTrue(lastByOld.get() - cut > 0, "the old one went on for a while");
                HttpResponse<String> refused = get(first, first).get(20, TimeUnit.SECONDS);
                assertEquals("503 broker-unavailable", error(refused));
            }
            over.release();
            asking.join();
            assertTrue(lastByOld.get() - cut < TimeUnit.SECONDS.toNanos(4), "and stopped");
            serving.interrupt();
        }
    }

    private static void serve(BinaryAgent agent, AtomicLong last) {
        try {
            while (true) {
                int stream = agent.next(Frame.Req.class).stream();
                last.set(System.nanoTime());
                agent.answer(stream, 204);
            }
        } catch (Exception e) {
            Thread.currentThread().interrupt(); // nothing comes any more
        }
    }

    private static void askOn(Tunnel asked, Semaphore over) {
        try {
            while (!over.tryAcquire(20, TimeUnit.MILLISECONDS)) {
                get(asked, asked).get(20, TimeUnit.SECONDS);
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Who shares goes on, whatever becomes of the broker. */
    @Test
    void onlyExclusiveOnesNeedTheBroker() throws Exception {
        memory.unknown(Duration.ZERO);
        try (Tunnel first = instance();
                BinaryAgent exclusive = new BinaryAgent(first, "exclusive", true)) {
            assertEquals(204, answered(get(first, first), exclusive));
            memory.down(true);
            CompletableFuture<HttpResponse<String>> asked = get(first, first);
            while (!asked.isDone() || asked.get().statusCode() != 503) {
                if (!exclusive.isIdle()) {
                    answered(asked, exclusive);
                }
                asked = asked.isDone() ? get(first, first) : asked;
            }
            assertEquals("503 broker-unavailable", error(asked.get()));
            memory.down(false); // and empty
            while (status(first, "/health/ready") != 200) {
                boolean ignored = new Semaphore(0).tryAcquire(20, TimeUnit.MILLISECONDS);
            }
            assertEquals(204, answered(get(first, first), exclusive));
        }
    }
}
