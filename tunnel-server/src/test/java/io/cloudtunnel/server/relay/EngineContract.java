package io.cloudtunnel.server.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What broker and directory have to do, whoever makes them. */
public abstract class EngineContract {

    private static final int MESSAGES = 2000;

    private Engine one;
    private Engine two;
    private final Received atOne = new Received();
    private final Received atTwo = new Received();

    /** A new view of the same engine. */
    protected abstract Engine engine() throws Exception;

    /** Lets a heartbeat grow old. */
    protected abstract void letHeartbeatsExpire() throws Exception;

    /** Ends the broker's process. */
    protected abstract void stopBroker() throws Exception;

    /** Starts it again, empty. */
    protected abstract void startBroker() throws Exception;

    /** Something that has to be done now and then. */
    protected interface Beat {
        void now() throws BrokerException, InterruptedException;
    }

    /** Lets so long pass, by the clock of the directory, with heartbeats all the while. */
    protected void letTimePass(Duration time, Beat beat) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            beat.now();
            boolean ignored = new Semaphore(0).tryAcquire(100, TimeUnit.MILLISECONDS);
        }
    }

    private static final class Received implements Broker.Receiver {
        private final LinkedBlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
        private final AtomicInteger lost = new AtomicInteger();
        private volatile Runnable answer = () -> {};

        @Override
        public void received(byte[] message) {
            answer.run();
            messages.add(message);
        }

        @Override
        public void lost() {
            lost.incrementAndGet();
        }

        byte[] next() throws InterruptedException {
            byte[] message = messages.poll(10, TimeUnit.SECONDS);
            assertNotNull(message, "a message within 10 s");
            return message;
        }
    }

    @BeforeEach
    void subscribe() throws Exception {
        one = engine();
        two = engine();
        one.broker().subscribe("one", atOne);
        two.broker().subscribe("two", atTwo);
        awaitConnected();
    }

    @Test
    void policiesAreSharedByTheirHashes() throws Exception {
        String hash = "h".repeat(43);
        assertNull(two.directory().policies().find(hash));
        one.directory().policies().keep(hash, "{\"allow\":[\"::1\"]}");
        assertEquals("{\"allow\":[\"::1\"]}", two.directory().policies().find(hash));
        assertNull(two.directory().policies().find("i".repeat(43)));
    }

    private void awaitConnected() throws Exception {
        for (Engine each : List.of(one, two)) {
            Eventually.holds("connected", () -> each.broker().isConnected());
            Eventually.holds("directory", () -> answers(each.directory()));
        }
    }

    private static boolean answers(Directory directory) throws InterruptedException {
        try {
            return directory.owners("none").isEmpty();
        } catch (BrokerException e) {
            return false;
        }
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    private static long get(CompletionStage<Long> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void messagesComeWholeAndInTheirOrder() throws Exception {
        for (int i = 0; i < MESSAGES; i++) {
            byte[] message = new byte[i % 97 == 0 ? 256 * 1024 : 40];
            ByteBuffer.wrap(message).putInt(i).put(message.length - 1, (byte) i);
            var unused = one.broker().publish("two", message);
            if (i % 100 == 99) { // no more than a subscriber may leave unread
                for (int j = i - 99; j <= i; j++) {
                    byte[] got = atTwo.next();
                    assertEquals(j, ByteBuffer.wrap(got).getInt());
                    assertEquals((byte) j, got[got.length - 1]);
                }
            }
        }
        assertTrue(atOne.messages.isEmpty());
    }

    /** Who receives may answer at once, and does not overtake what others publish. */
    @Test
    void theOrderIsThatOfTheCallsWhichThreadsEverMakeThem() throws Exception {
        AtomicInteger next = new AtomicInteger();
        Runnable numbered =
                () -> {
                    synchronized (next) {
                        byte[] message = new byte[1000];
                        ByteBuffer.wrap(message).putInt(next.getAndIncrement());
                        var unused = one.broker().publish("two", message);
                    }
                };
        atOne.answer = numbered;
        Thread asks =
                Thread.ofVirtual()
                        .start(() -> {
                            for (int i = 0; i < MESSAGES; i++) {
                                var unused = two.broker().publish("one", new byte[1]);
                            }
                        });
        for (int i = 0; i < MESSAGES; i++) {
            numbered.run();
        }
        asks.join();
        for (int i = 0; i < 2 * MESSAGES; i++) {
            assertEquals(i, ByteBuffer.wrap(atTwo.next()).getInt());
        }
    }

    /** Each thread's messages stay in its order, also where nobody orders the threads. */
    @Test
    void severalThreadsPublishAtOnce() throws Exception {
        int threads = 8;
        int each = 500;
        List<Thread> all = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            byte number = (byte) thread;
            all.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                for (int i = 0; i < each; i++) {
                                    byte[] message = new byte[1000];
                                    ByteBuffer.wrap(message).put(number).putInt(i);
                                    var taken = one.broker().publish("two", message);
                                    if (i % 50 == 49) { // what waits for long may be given up
                                        taken.toCompletableFuture().join();
                                    }
                                }
                            }));
        }
        int[] next = new int[threads];
        for (int i = 0; i < threads * each; i++) {
            ByteBuffer message = ByteBuffer.wrap(atTwo.next());
            int thread = message.get();
            assertEquals(next[thread]++, message.getInt(), "of thread " + thread);
        }
        for (Thread thread : all) {
            thread.join();
        }
        assertTrue(atTwo.messages.isEmpty(), "none came twice");
    }

    /** As many as pair credit lets come, at once and both ways. */
    @Test
    void largeMessagesComeWhole() throws Exception {
        Random random = new Random(3);
        List<byte[]> sent = new ArrayList<>();
        List<CompletionStage<Long>> taken = new ArrayList<>();
        for (int i = 0; i < 6 * 4; i++) {
            byte[] message = new byte[RelayMessage.HEADER_BYTES + 256 * 1024];
            random.nextBytes(message);
            sent.add(message);
            taken.add(one.broker().publish("two", message.clone()));
            taken.add(two.broker().publish("one", message.clone()));
        }
        for (byte[] message : sent) {
            assertArrayEquals(message, atTwo.next());
            assertArrayEquals(message, atOne.next());
        }
        for (CompletionStage<Long> each : taken) {
            assertReceived(get(each));
        }
    }

    private static void assertReceived(long count) {
        assertTrue(count == 1 || count == Broker.UNKNOWN, "received by " + count);
    }

    @Test
    void itSaysIfNobodyReceived() throws Exception {
        var before = two.broker().publish("one", new byte[] {1, 2});
        var between = two.broker().publish("nobody", new byte[] {3});
        var behind = two.broker().publish("one", new byte[] {4});
        assertEquals(0, get(between));
        assertReceived(get(before));
        assertReceived(get(behind));
        assertArrayEquals(new byte[] {1, 2}, atOne.next());
        assertArrayEquals(new byte[] {4}, atOne.next());
        two.close();
        Eventually.holds("gone", () -> get(one.broker().publish("two", new byte[1])) == 0);
    }

    /** What was published meanwhile is gone, which both are told of. */
    @Test
    void afterARestartOfTheBrokerItGoesOn() throws Exception {
        assertReceived(get(one.broker().publish("two", new byte[] {1})));
        assertArrayEquals(new byte[] {1}, atTwo.next());
        stopBroker();
        Eventually.holds("both are told", () -> atOne.lost.get() > 0 && atTwo.lost.get() > 0);
        for (Engine each : List.of(one, two)) {
            Eventually.holds("it says so", () -> !each.broker().isConnected());
        }
        var vain = one.broker().publish("two", new byte[] {2}).toCompletableFuture();
        assertThrows(ExecutionException.class, () -> vain.get(1, TimeUnit.SECONDS));
        startBroker();
        awaitConnected();
        assertReceived(get(one.broker().publish("two", new byte[] {3})));
        assertReceived(get(two.broker().publish("one", new byte[] {4})));
        assertArrayEquals(new byte[] {3}, atTwo.next(), "not the second one, which failed");
        assertArrayEquals(new byte[] {4}, atOne.next());
    }

    @Test
    void aClaimIsSeenByOthersWhileItsInstanceLives() throws Exception {
        assertFalse(one.directory().beat("one", 7), "the first one");
        assertTrue(one.directory().beat("one", 8));
        assertEquals(List.of(), two.directory().owners("t1"));
        long generation = one.directory().claim("t1", "one");
        assertEquals(
                List.of(new Directory.Owner("one", generation, 8)), two.directory().owners("t1"));
        letHeartbeatsExpire();
        assertEquals(List.of(), two.directory().owners("t1"));
        assertFalse(one.directory().renew("t1", "one", generation), "it was swept");
        assertFalse(one.directory().beat("one", 0), "forgotten, so that it claims again");
    }

    @Test
    void twoInstancesHoldOneTunnel() throws Exception {
        one.directory().beat("one", 1);
        two.directory().beat("two", 2);
        long first = one.directory().claim("t2", "one");
        long second = two.directory().claim("t2", "two");
        assertTrue(second > first);
        assertEquals(2, one.directory().owners("t2").size());
        two.directory().leave("two");
        assertEquals(List.of(new Directory.Owner("one", first, 1)), two.directory().owners("t2"));
    }

    /** What comes late does not undo what came after it. */
    @Test
    void anOlderGenerationChangesNothing() throws Exception {
        one.directory().beat("one", 0);
        long old = one.directory().claim("t3", "one");
        long now = one.directory().claim("t3", "one");
        assertFalse(one.directory().release("t3", "one", old));
        assertFalse(one.directory().renew("t3", "one", old));
        assertTrue(one.directory().renew("t3", "one", now));
        assertEquals(1, two.directory().owners("t3").size());
        assertTrue(one.directory().release("t3", "one", now));
        assertEquals(List.of(), two.directory().owners("t3"));
        assertTrue(one.directory().claim("t3", "one") > now, "generations only grow");
    }

    private static Leases.Answer take(Engine by, String tunnel, String agent, String instance)
            throws Exception {
        return by.directory().leases().take(tunnel, agent, instance);
    }

    private void beatBoth() throws BrokerException, InterruptedException {
        one.directory().beat("one", 0);
        two.directory().beat("two", 0);
    }

    /** Before, somebody may still serve who cannot reach the directory. */
    @Test
    void anExclusiveAgentIsFollowedOnlyByANewerOne() throws Exception {
        beatBoth();
        assertEquals(new Leases.Taken(Set.of()), take(one, "x1", "old", "one"));
        letTimePass(Leases.UNKNOWN.minusMillis(800), this::beatBoth);
        assertEquals(new Leases.Taken(Set.of()), take(one, "x1", "old", "one"));
        letTimePass(Duration.ofSeconds(1), this::beatBoth);
        assertEquals(new Leases.Held(), take(one, "x1", "old", "one"));

        assertEquals(new Leases.Held(), take(two, "x1", "old", "two"), "by another link");
        two.directory().leases().giveUp("x1", "old", "two", false);
        assertEquals(new Leases.Taken(Set.of("one")), take(two, "x1", "new", "two"));
        assertEquals(new Leases.Lease("old", "new"), one.directory().leases().find("x1"));
        one.directory().leases().giveUp("x1", "old", "one", true);
        assertEquals(new Leases.Held(), take(two, "x1", "new", "two"));
        assertEquals(new Leases.Replaced(), take(one, "x1", "old", "one"));
        assertEquals(new Leases.Lease("new", null), one.directory().leases().find("x1"));
    }

    /** What is not exclusive has to go first, and is asked to. */
    @Test
    void otherOwnersAreAskedFirst() throws Exception {
        one.directory().beat("one", 0);
        two.directory().beat("two", 0);
        long claim = one.directory().claim("x2", "one");
        assertEquals(new Leases.Taken(Set.of("one")), take(two, "x2", "new", "two"));
        assertEquals(new Leases.Lease("new", null), one.directory().leases().find("x2"));
        assertTrue(one.directory().release("x2", "one", claim));
        assertEquals(new Leases.Taken(Set.of()), take(two, "x2", "new", "two"));
    }

    @Test
    void aLeaseCountsForNothingOnceItsInstanceIsDead() throws Exception {
        one.directory().beat("one", 0);
        two.directory().beat("two", 0);
        assertEquals(new Leases.Taken(Set.of()), take(one, "x3", "old", "one"));
        assertEquals(new Leases.Lease("old", null), two.directory().leases().find("x3"));
        letHeartbeatsExpire();
        assertNull(two.directory().leases().find("x3"));
        two.directory().beat("two", 0);
        assertFalse(take(two, "x3", "new", "two") instanceof Leases.Replaced);
        assertEquals(new Leases.Replaced(), take(one, "x3", "old", "one"));
    }
}
