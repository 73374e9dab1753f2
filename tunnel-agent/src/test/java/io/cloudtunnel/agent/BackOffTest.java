package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.connect.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How long the agent waits, with a clock of the test's. */
class BackOffTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** The longest wait that the jitter allows. */
    private static final RandomGenerator LONGEST =
            new RandomGenerator() {
                @Override
                public long nextLong() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public long nextLong(long bound) {
                    return bound - 1;
                }
            };

    private static List<Long> seconds(BackOff backOff, long now, int count) {
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            waits.add(backOff.next(now) / SECOND);
        }
        return waits;
    }

    @Test
    void doublesUpToHalfAMinute() {
        assertEquals(
                List.of(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L), seconds(new BackOff(LONGEST), 0, 8));
    }

    @Test
    void isPatientForAMinuteAfterAGoodLink() {
        BackOff backOff = new BackOff(LONGEST);
        seconds(backOff, 0, 8);
        backOff.linkEnded(0, 10 * SECOND);
        assertEquals(List.of(2L, 2L, 2L), seconds(backOff, 10 * SECOND, 3));
        assertEquals(List.of(2L), seconds(backOff, 70 * SECOND - 1, 1));
        assertEquals(List.of(1L, 2L, 4L), seconds(backOff, 70 * SECOND, 3));
    }

    @Test
    void aShortLinkIsNoGoodOne() {
        BackOff backOff = new BackOff(LONGEST);
        seconds(backOff, 0, 3);
        backOff.linkEnded(0, 10 * SECOND - 1);
        assertEquals(List.of(8L), seconds(backOff, 10 * SECOND, 1));
    }

    @Test
    void redialsAtOnceThreeTimesInARow() {
        BackOff backOff = new BackOff(LONGEST);
        for (int i = 0; i < 3; i++) {
            assertTrue(backOff.mayRedialAtOnce());
            backOff.linkEnded(0, SECOND);
        }
        assertFalse(backOff.mayRedialAtOnce());
        backOff.linkEnded(0, 10 * SECOND);
        assertTrue(backOff.mayRedialAtOnce());
    }

    private static Refusal refusal(@Nullable Duration retryAfter) {
        return new Refusal(503, null, retryAfter, "");
    }

    @Test
    void aRefusalSaysHowLongAtLeast() {
        BackOff longest = new BackOff(LONGEST);
        assertEquals(30 * SECOND, longest.refused(refusal(Duration.ofSeconds(20)), 0));
        assertEquals(2 * SECOND, longest.refused(refusal(Duration.ofSeconds(1)), 0));
        assertEquals(SECOND, longest.refused(refusal(Duration.ZERO), 0));
        assertEquals(SECOND, longest.refused(refusal(null), 0), "as after a loss");
        assertEquals(2 * SECOND, longest.refused(refusal(null), 0));
        BackOff any = new BackOff(new SplittableRandom(1));
        boolean early = false;
        boolean late = false;
        for (int i = 0; i < 200; i++) {
            long wait = any.refused(refusal(Duration.ofSeconds(20)), 0);
            assertTrue(wait >= 20 * SECOND && wait <= 30 * SECOND);
            early |= wait < 21 * SECOND;
            late |= wait > 29 * SECOND;
        }
        assertTrue(early && late);
    }

    @Test
    void jitterIsFull() {
        BackOff backOff = new BackOff(new SplittableRandom(1));
        backOff.linkEnded(0, 10 * SECOND);
        boolean early = false;
        boolean late = false;
        for (int i = 0; i < 200; i++) {
            long wait = backOff.next(10 * SECOND);
            assertTrue(wait >= 0 && wait <= 2 * SECOND);
            early |= wait < SECOND / 5;
            late |= wait > SECOND * 9 / 5;
        }
        assertTrue(early && late);
    }

    @Test
    void threeStrikesWithinAMinute() {
        Strikes strikes = new Strikes();
        assertFalse(strikes.add(0));
        assertFalse(strikes.add(50 * SECOND));
        assertFalse(strikes.add(61 * SECOND), "the first one is too long ago");
        assertTrue(strikes.add(62 * SECOND));
        strikes.clear();
        assertFalse(strikes.add(63 * SECOND));
    }
}
