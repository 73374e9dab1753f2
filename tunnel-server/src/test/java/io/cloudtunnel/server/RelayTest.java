package io.cloudtunnel.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.relay.MemoryEngine;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Two servers that share a broker and a directory, and an agent at one of them. */
class RelayTest {

    private static final String KEY = "k:" + "0123456789abcdef".repeat(4);
    private static final int DATA = 4; // the number of the message type

    private final MemoryEngine memory = new MemoryEngine();

    private Tunnel instance() throws Exception {
        Tunnel started =
                Tunnel.start(builder ->
                        builder.tunnelKey(KEY)
                                .bridgeTime(Duration.ofSeconds(3))
                                .engine(memory::engine));
        ready(started, 200);
        return started;
    }

    private static void ready(Tunnel instance, int status) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (status(instance, instance.at("/health/ready")) != status) {
            assertTrue(System.nanoTime() < end, "ready with " + status + " within 10 s");
            boolean ignored = new Semaphore(0).tryAcquire(10, TimeUnit.MILLISECONDS);
        }
    }

    static void awaitReady(int port) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        int status = 0;
        while (status != 200) {
            assertTrue(System.nanoTime() < end, "ready within 10 s");
            try (RawClient client = new RawClient(port)) {
                status = client.request("GET", "/health/ready").answer(true).status();
            }
        }
    }

    private static int status(Tunnel by, URI uri) throws Exception {
        return by.client
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                .statusCode();
    }

    private static HttpResponse<byte[]> post(Tunnel asked, Tunnel of, byte[] body)
            throws Exception {
        return asked.client.send(
                HttpRequest.newBuilder(asked.at(of.path("/x?y=1")))
                        .POST(BodyPublishers.ofByteArray(body))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private static void echo(JdkAgent.Request request) {
        assertEquals("", request.header("Cloudtunnel-Tunnel"), "it is between instances");
        request.answer(200, request.body());
    }

    @Test
    void aRequestReachesAnAgentOfAnotherInstance() throws Exception {
        try (Tunnel owner = instance();
                Tunnel asked = instance()) {
            owner.agent(RelayTest::echo);
            byte[] body = new byte[3_000_000];
            new Random(1).nextBytes(body);
            for (int size : new int[] {0, 10, 100_000, body.length}) {
                byte[] sent = Arrays.copyOf(body, size);
                HttpResponse<byte[]> answer = post(asked, owner, sent);
                assertEquals(200, answer.statusCode());
                assertTrue(Arrays.equals(sent, answer.body()), size + " bytes");
            }
        }
    }

    /** The agent speaks JSON mode, which carries no 100. */
    @Test
    void whoExpectsA100GetsIt() throws Exception {
        try (Tunnel owner = instance();
                Tunnel asked = instance();
                RawClient client = asked.raw()) {
            owner.agent(RelayTest::echo);
            assertEquals(200, post(asked, owner, new byte[1]).statusCode());
            client.send(
                    "POST "
                            + owner.path("/")
                            + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
                            + "Expect: 100-continue\r\n\r\n");
            assertEquals(100, client.answer().status());
            client.send("hello");
            assertEquals("hello", client.answer().text());
        }
    }

    @Test
    void anAgentThatComesLaterIsFound() throws Exception {
        try (Tunnel owner = instance();
                Tunnel asked = instance()) {
            CompletableFuture<HttpResponse<byte[]>> answer =
                    asked.client.sendAsync(
                            HttpRequest.newBuilder(asked.at(owner.path("/"))).build(),
                            BodyHandlers.ofByteArray());
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (asked.server.links().waiting() == 0) {
                assertTrue(System.nanoTime() < end && !answer.isDone(), "it waits");
            }
            owner.agent(RelayTest::echo);
            assertEquals(200, answer.get(10, TimeUnit.SECONDS).statusCode());
        }
    }

    @Test
    void withoutTheBrokerOnlyOwnLinksAreReached() throws Exception {
        try (Tunnel owner = instance();
                Tunnel asked = instance()) {
            owner.agent(RelayTest::echo);
            assertEquals(200, post(asked, owner, new byte[9]).statusCode());
            memory.down(true);
            long began = System.nanoTime();
            HttpResponse<byte[]> refused = post(asked, owner, new byte[9]);
            assertEquals(503, refused.statusCode());
            assertEquals(
                    "broker-unavailable",
                    refused.headers().firstValue("Cloudtunnel-Error").orElse(""));
            assertTrue(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(1), "at once");
            assertEquals(200, post(owner, owner, new byte[9]).statusCode());
            ready(asked, 503);
            assertEquals(200, status(asked, asked.at("/health/live")));
            memory.down(false); // and empty
            ready(owner, 200);
            ready(asked, 200);
            assertEquals(200, post(asked, owner, new byte[9]).statusCode());
        }
    }

    /** The way is lost, not the owner: what may be sent again goes to the same one. */
    @Test
    void aGetIsSentAgainOverAnotherRelayLink() throws Exception {
        try (Tunnel owner = instance();
                Tunnel asked = instance()) {
            owner.agent(RelayTest::echo);
            assertEquals(200, post(asked, owner, new byte[9]).statusCode());
            Semaphore one = new Semaphore(1);
            memory.lose(message -> message[0] == DATA && one.tryAcquire());
            URI url = asked.at(owner.path("/"));
            // The loss is noticed by the next message, which is one that says that all is well.
            assertEquals(200, status(asked, url));
            assertEquals(0, one.availablePermits(), "one was lost");
        }
    }

    /** Bytes are never put together across a gap. */
    @Test
    void aLostMessageEndsWhatIsOpenAndNothingElse() throws Exception {
        try (Tunnel owner = instance();
                Tunnel asked = instance()) {
            owner.agent(RelayTest::echo);
            assertEquals(200, post(asked, owner, new byte[9]).statusCode());
            Semaphore one = new Semaphore(1);
            memory.lose(
                    message -> message[0] == DATA && message.length > 20_000 && one.tryAcquire());
            HttpResponse<byte[]> cut = post(asked, owner, new byte[1_000_000]);
            assertEquals(502, cut.statusCode());
            String text = new String(cut.body(), UTF_8);
            assertTrue(text.startsWith("outcome unknown"), text);
            assertTrue(text.contains("lost messages"), text);
            assertEquals(200, post(asked, owner, new byte[1_000_000]).statusCode());
        }
    }

    /**
     * What is remembered of the directory is stale then; the owner refuses, and nothing is lost.
     */
    @Test
    void anAgentThatMovesTakesItsRequestsAlong() throws Exception {
        try (Tunnel owner = instance();
                Tunnel other = instance();
                Tunnel asked = instance()) {
            for (int i = 0; i < 5; i++) {
                JdkAgent first = owner.agent(RelayTest::echo);
                assertEquals(200, post(asked, owner, new byte[9]).statusCode());
                first.close();
                JdkAgent second =
                        JdkAgent.connect(
                                other.client,
                                other.port(),
                                owner.id,
                                owner.secret,
                                RelayTest::echo);
                assertEquals(200, post(asked, owner, new byte[9]).statusCode());
                second.close();
            }
        }
    }

    @Test
    void anOwnerThatLeavesIsForgotten() throws Exception {
        try (Tunnel asked = instance();
                Tunnel other = instance()) {
            try (Tunnel owner = instance()) {
                owner.agent(RelayTest::echo);
                assertEquals(200, post(asked, owner, new byte[9]).statusCode());
            }
            // The agent of the same tunnel is at another instance now.
            other.agent(RelayTest::echo);
            assertEquals(200, post(asked, other, new byte[9]).statusCode());
        }
    }

    /** Else what is sent to it now is cut when it has left. */
    @Test
    void anInstanceThatLeavesIsNotAskedWhereAnotherHasALink() throws Exception {
        Semaphore hold = new Semaphore(0);
        try (Tunnel leaving = instance();
                Tunnel other = instance();
                Tunnel asked = instance()) {
            leaving.agent(request -> request.answer(200, "leaving".getBytes(UTF_8)));
            JdkAgent busy =
                    JdkAgent.connect(
                            other.client,
                            other.port(),
                            leaving.id,
                            leaving.secret,
                            request -> {
                                if (request.json().path("path").asText().equals("/hold")) {
                                    hold.acquireUninterruptibly();
                                }
                                request.answer(200, "other".getBytes(UTF_8));
                            });
            // So much that without its leaving the first one would be asked.
            var held =
                    other.client.sendAsync(
                            HttpRequest.newBuilder(other.at(leaving.path("/hold"))).build(),
                            BodyHandlers.ofString());
            awaitAnswer(asked, leaving, "leaving");
            awaitAnswer(leaving, leaving, "leaving"); // so it expects more for a while
            Thread departure =
                    Thread.ofVirtual().start(() -> leaving.server.leave(Duration.ofSeconds(4)));
            awaitAnswer(asked, leaving, "other");
            assertTrue(departure.isAlive(), "it still serves");
            hold.release();
            assertEquals(200, held.get(10, TimeUnit.SECONDS).statusCode());
            busy.close();
            departure.join();
        }
    }

    private static void awaitAnswer(Tunnel asked, Tunnel of, String text) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        String got = "";
        while (!got.equals(text)) {
            assertTrue(System.nanoTime() < end, () -> text + " answers within 3 s");
            got = new String(post(asked, of, new byte[0]).body(), UTF_8);
        }
    }

    /** At once, and not after the time that it would wait for an agent. */
    @Test
    void aRequestThatWasRelayedDoesNotWaitForABrokerThatIsGone() throws Exception {
        Semaphore came = new Semaphore(0);
        Semaphore hold = new Semaphore(0);
        try (Tunnel owner = instance();
                Tunnel asked = instance()) {
            owner.agent(request -> {
                came.release();
                hold.acquireUninterruptibly();
                request.answer(200, new byte[0]);
            });
            var answer =
                    asked.client.sendAsync(
                            HttpRequest.newBuilder(asked.at(owner.path("/"))).build(),
                            BodyHandlers.ofString());
            assertTrue(came.tryAcquire(10, TimeUnit.SECONDS), "the agent has it");
            long began = System.nanoTime();
            memory.down(true);
            HttpResponse<String> refused = answer.get(10, TimeUnit.SECONDS);
            assertEquals(503, refused.statusCode());
            assertEquals(
                    "broker-unavailable",
                    refused.headers().firstValue("Cloudtunnel-Error").orElse(""));
            assertTrue(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(1), "at once");
            hold.release(2);
        }
    }

    /** Else agents would follow the public from one instance to another, which serve as well. */
    @Test
    void aProbeNamesAnInstanceOnlyWhereThereIsAReasonToGo() throws Exception {
        try (Tunnel owner = instance();
                Tunnel asked = instance()) {
            assertEquals("0", probed(asked, owner).first("Cloudtunnel-Links"));
            assertTrue(!probed(asked, owner).first("Cloudtunnel-Instance").isEmpty());
            owner.agent(RelayTest::echo);
            assertEquals(200, post(asked, owner, new byte[0]).statusCode());
            assertEquals("1", probed(asked, owner).first("Cloudtunnel-Links"));
            assertEquals("", probed(asked, owner).first("Cloudtunnel-Instance"));
            assertEquals("", probed(asked, owner).first("Cloudtunnel-Started"));
            assertTrue(!probed(owner, owner).first("Cloudtunnel-Instance").isEmpty());
            memory.down(true);
            ready(asked, 503);
            assertEquals("0", probed(asked, owner).first("Cloudtunnel-Links"));
            assertTrue(!probed(asked, owner).first("Cloudtunnel-Instance").isEmpty());
        }
    }

    private static RawClient.Answer probed(Tunnel asked, Tunnel of) throws Exception {
        try (RawClient client = asked.raw()) {
            return client.request(
                            "GET",
                            of.path("/"),
                            "Cloudtunnel-Probe: 1",
                            "X-Tunnel-Id: " + of.id,
                            "Authorization: Bearer " + of.secret)
                    .answer(true);
        }
    }
}
