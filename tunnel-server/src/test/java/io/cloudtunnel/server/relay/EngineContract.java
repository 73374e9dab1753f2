package io.cloudtunnel.server.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
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

    private static final class Received implements Broker.Receiver {
        private final LinkedBlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
        private volatile Runnable answer = () -> {};

        @Override
        public void received(byte[] message) {
            answer.run();
            messages.add(message);
        }

        @Override
        public void lost() {
            // Not in these tests.
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
        for (Engine each : List.of(one, two)) {
            Eventually.holds("connected", () -> each.broker().isConnected());
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

    @Test
    void itSaysHowManyReceived() throws Exception {
        assertEquals(1, get(two.broker().publish("one", new byte[] {1, 2})));
        assertArrayEquals(new byte[] {1, 2}, atOne.next());
        assertEquals(0, get(one.broker().publish("nobody", new byte[] {1})));
        two.close();
        Eventually.holds("gone", () -> get(one.broker().publish("two", new byte[1])) == 0);
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
}
