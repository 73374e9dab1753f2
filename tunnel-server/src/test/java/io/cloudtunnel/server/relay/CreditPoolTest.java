package io.cloudtunnel.server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Pair credit: never more than was promised to the broker, and nobody waits for ever. */
class CreditPoolTest {

    private static final int LARGEST = 256 * 1024;

    private final AtomicLong time = new AtomicLong();
    private final CreditPool pool = new CreditPool(time::get);

    /** A sender, its messages on their way, and the receiver that files them. */
    private final class Sender {
        private long credit = CreditPool.LEAST;
        private final ArrayDeque<Integer> underWay = new ArrayDeque<>();
        private final ArrayDeque<Integer> arrived = new ArrayDeque<>();
        private final CreditPool.Share share =
                Objects.requireNonNull(pool.tryOpen(bytes -> credit += bytes));

        boolean send(int bytes) {
            if (credit < bytes) {
                return false;
            }
            credit -= bytes;
            underWay.add(bytes);
            return true;
        }

        void arrive() {
            Integer bytes = underWay.poll();
            if (bytes != null) {
                assertTrue(share.tryArrive(bytes), "it was granted");
                arrived.add(bytes);
            }
        }

        void file() {
            Integer bytes = arrived.poll();
            if (bytes != null) {
                share.taken(bytes);
            }
        }

        long onItsWay() {
            return credit + underWay.stream().mapToLong(bytes -> bytes).sum();
        }
    }

    @Test
    void thePartsAreTheWhole() {
        assertEquals(6 << 20, CreditPool.mostBytes());
    }

    @Test
    void linksAreLimitedByTheLeastThatEachHolds() {
        List<Sender> all = new ArrayList<>();
        for (int i = 0; i < CreditPool.MOST_LINKS; i++) {
            all.add(new Sender());
        }
        assertNull(pool.tryOpen(bytes -> {}));
        all.getFirst().share.close();
        assertNotNull(pool.tryOpen(bytes -> {}));
    }

    @Test
    void moreThanWasGrantedIsNoticed() {
        Sender sender = new Sender();
        assertTrue(sender.share.tryArrive(CreditPool.LEAST));
        assertFalse(sender.share.tryArrive(1));
    }

    /**
     * Many links, all with large messages, in any order: bounded, and each message gets through.
     */
    @Test
    void theSumIsBoundedAndNobodyStarves() {
        for (int seed = 0; seed < 8; seed++) {
            run(new Random(seed), 5 + seed * 25);
        }
    }

    private void run(Random random, int count) {
        List<Sender> senders = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            senders.add(new Sender());
        }
        int toSend = 10 * count;
        int[] next = new int[count];
        long most = 0;
        int idle = 0;
        for (int step = 0; toSend > 0; step++) {
            int i = random.nextInt(count);
            Sender sender = senders.get(i);
            time.addAndGet(random.nextInt(20) * 1_000_000L);
            switch (random.nextInt(4)) {
                case 0 -> {
                    next[i] = next[i] == 0 ? 1 + random.nextInt(LARGEST) : next[i];
                    if (sender.send(next[i])) {
                        toSend--;
                        next[i] = 0;
                        idle = 0;
                    } else if (sender.underWay.isEmpty()) { // the want comes behind them
                        sender.share.want(next[i]);
                    }
                }
                case 1, 2 -> sender.arrive();
                default -> sender.file();
            }
            if (step % 32 == 0) {
                most = Math.max(most, senders.stream().mapToLong(Sender::onItsWay).sum());
            }
            assertTrue(idle++ < 200_000, "somebody waits for ever");
        }
        assertTrue(most <= CreditPool.mostBytes(), "at most " + most);
        senders.forEach(sender -> sender.share.close());
    }

    @Test
    void aBusyLinkGetsAWindowAndLosesItAgain() {
        Sender sender = new Sender();
        for (int i = 0; i < 10; i++) {
            sender.share.want(CreditPool.LEAST);
        }
        assertEquals(CreditPool.MOST_WINDOW, sender.credit);
        time.addAndGet(2_000_000_000L);
        while (sender.send(CreditPool.LEAST)) {
            sender.arrive();
            sender.file();
            if (sender.credit <= CreditPool.LEAST) {
                break;
            }
        }
        assertEquals(CreditPool.LEAST, sender.credit);
    }
}
