package io.cloudtunnel.server.relay.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.relay.Broker;
import io.cloudtunnel.server.relay.servers.Certificate;
import io.cloudtunnel.server.relay.servers.NatsServer;
import io.cloudtunnel.server.relay.servers.Printed;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is NATS's own, shown with the real nats-server. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NatsBrokerTest {

    private static final long PATIENCE_SECONDS = 10;

    /** Counts what comes. */
    private static class Counting implements Broker.Receiver {
        private final Semaphore received = new Semaphore(0);
        private final CountDownLatch lost = new CountDownLatch(1);

        @Override
        public void received(byte[] message) {
            received.release();
        }

        @Override
        public void lost() {
            lost.countDown();
        }
    }

    private static boolean carries(String url, int patienceSeconds) throws Exception {
        Counting receiver = new Counting();
        try (Broker broker = NatsBroker.of(url)) {
            broker.subscribe("one", receiver);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(patienceSeconds);
            while (!broker.isConnected()) {
                if (System.nanoTime() > end) {
                    return false;
                }
                boolean ignored = new Semaphore(0).tryAcquire(5, TimeUnit.MILLISECONDS);
            }
            var unused = broker.publish("one", new byte[1]);
            return receiver.received.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void aTokenLetsIn() throws Exception {
        try (NatsServer nats = NatsServer.withToken("to+k/en")) {
            assertTrue(carries(nats.url(), 10));
            assertFalse(carries(nats.url().replace("%2F", "x"), 1), "another token does not");
        }
    }

    /** The second one of several is tried as well. */
    @Test
    void overTlsTheNameCounts(@TempDir Path folder) throws Exception {
        try (Certificate own = Certificate.trusted(folder);
                NatsServer nats = NatsServer.overTls(own);
                Printed printed = new Printed()) {
            assertTrue(carries(nats.url(), 10));
            assertFalse(carries(nats.url("127.0.0.1"), 1), "no such name in the certificate");
            assertTrue(carries(nats.url("127.0.0.1") + "," + nats.url("localhost"), 10));
            assertEquals("", printed.linesWith("cret"));
        }
    }

    @Test
    void nothingSecretIsPrinted() throws Exception {
        try (NatsServer nats = new NatsServer();
                Printed printed = new Printed()) {
            String wrong = nats.url().replace("cret", "cret-wrong");
            assertFalse(carries(wrong, 1));
            assertTrue(printed.linesWith("Authorization Violation").contains("the broker"));
            nats.stop();
            assertFalse(carries(nats.url(), 1));
            assertEquals("", printed.linesWith("cret"));
            assertEquals("", printed.linesWith("127.0.0.1"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://u:secret@x",
                "nats:secret",
                "nats://u:secret@",
                "secret",
                "nats://u:secret@[x"
            })
    void otherUrlsAreRefusedAndNotRepeated(String url) {
        String why =
                assertThrows(IllegalArgumentException.class, () -> NatsBroker.check(url))
                        .toString();
        assertFalse(why.contains("secret"), why);
    }

    /** Once the socket's buffers are full, what writes to it waits; who publishes does not. */
    @Test
    void noPublicationWaitsForTheServer() throws Exception {
        try (NatsServer nats = new NatsServer();
                Broker one = NatsBroker.of(nats.url())) {
            one.subscribe("one", new Counting());
            while (!one.isConnected()) {
                boolean ignored = new Semaphore(0).tryAcquire(5, TimeUnit.MILLISECONDS);
            }
            nats.hang();
            long longest = 0;
            for (int i = 0; i < 60; i++) { // 15 MiB
                long began = System.nanoTime();
                var unused = one.publish("one", new byte[256 * 1024]);
                longest = Math.max(longest, System.nanoTime() - began);
            }
            assertTrue(longest < TimeUnit.SECONDS.toNanos(1), longest + " ns");
        }
    }

    /** The client drops what is not taken: that is a loss, which it has to say. */
    @Test
    void whatIsNotTakenInTimeIsLostAndSaid() throws Exception {
        CountDownLatch goesOn = new CountDownLatch(1);
        Counting slow =
                new Counting() {
                    @Override
                    public void received(byte[] message) {
                        try {
                            goesOn.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }
                };
        try (NatsServer nats = new NatsServer();
                Broker one = NatsBroker.of(nats.url());
                Broker two = NatsBroker.of(nats.url())) {
            one.subscribe("one", new Counting());
            two.subscribe("two", slow);
            while (!one.isConnected() || !two.isConnected()) {
                boolean ignored = new Semaphore(0).tryAcquire(5, TimeUnit.MILLISECONDS);
            }
            for (int i = 0; i < 80; i++) { // 20 MiB
                var unused =
                        one.publish("two", new byte[256 * 1024])
                                .toCompletableFuture()
                                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            assertTrue(slow.lost.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "it is told");
            goesOn.countDown();
        }
    }
}
