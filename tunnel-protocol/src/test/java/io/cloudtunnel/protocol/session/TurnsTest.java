package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One at a time, and whoever waits may think better of it. */
@Timeout(60)
class TurnsTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final Turns turns = new Turns();

    private boolean begin(Turns.Wait wait, Duration atMost) throws InterruptedException {
        return turns.begin(wait, System.nanoTime() + atMost.toNanos());
    }

    @Test
    void aTurnThatDoesNotComeInTimeIsNone() throws Exception {
        assertTrue(begin(new Turns.Wait(), LONG));
        assertFalse(begin(new Turns.Wait(), Duration.ofMillis(1)));
        assertFalse(begin(new Turns.Wait(), Duration.ZERO));
        turns.end();
        assertTrue(begin(new Turns.Wait(), Duration.ZERO));
    }

    @Test
    void whoGivesUpIsWokenAndTheOthersWaitOn() throws Exception {
        assertTrue(begin(new Turns.Wait(), LONG));
        var leaving = new Turns.Wait();
        Future<Boolean> first = ServerSide.start(() -> begin(leaving, LONG));
        Future<Boolean> second = ServerSide.start(() -> begin(new Turns.Wait(), LONG));
        leaving.giveUp();
        assertFalse(ServerSide.get(first));
        assertFalse(second.isDone());
        turns.end();
        assertTrue(ServerSide.get(second));
    }

    /** Many who wait, and some of them not for long: nobody is forgotten, and never two at once. */
    @Test
    void nobodyIsForgotten() throws Exception {
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        List<Future<Integer>> all = new ArrayList<>();
        List<Turns.Wait> waits = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            boolean mayLeave = i % 4 == 0;
            var wait = new Turns.Wait();
            waits.add(wait);
            all.add(ServerSide.start(() -> rounds(wait, mayLeave, inside, most)));
        }
        for (int i = 0; i < 64; i += 4) {
            waits.get(i).giveUp();
        }
        for (int i = 0; i < 64; i++) {
            int turnsOfIt = ServerSide.get(all.get(i));
            assertTrue(i % 4 == 0 || turnsOfIt == 500, i + " had " + turnsOfIt);
        }
        assertEquals(1, most.get());
    }

    private int rounds(Turns.Wait wait, boolean mayLeave, AtomicInteger inside, AtomicInteger most)
            throws InterruptedException {
        for (int i = 0; i < 500; i++) {
            Duration atMost =
                    mayLeave
                            ? Duration.ofNanos(ThreadLocalRandom.current().nextInt(100_000))
                            : LONG;
            if (begin(wait, atMost)) {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                LockSupport.parkNanos(1); // lets others try
                inside.decrementAndGet();
                turns.end();
            } else if (!mayLeave) {
                return i;
            }
        }
        return 500;
    }
}
