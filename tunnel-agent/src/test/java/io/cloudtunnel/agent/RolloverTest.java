package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When the next link is dialled. */
class RolloverTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Rollover two = new Rollover(2, new SplittableRandom(1));

    @Test
    void withoutALifetimeNever() {
        assertEquals(Rollover.NEVER, two.after(0, List.of()));
    }

    @Test
    void wellBeforeNoNewStreamBegins() {
        for (int i = 0; i < 100; i++) {
            long cloudRun = two.after(290 * SECOND, List.of());
            assertTrue(cloudRun >= 230 * SECOND * 59 / 100 && cloudRun <= 230 * SECOND * 80 / 100);
            long quick = two.after(12 * SECOND, List.of());
            assertTrue(quick >= 5 * SECOND && quick < 8 * SECOND);
        }
    }

    @Test
    void theSecondLinksFirstTimeIsCutShort() {
        long first = two.after(290 * SECOND, List.of());
        long second = two.after(290 * SECOND, List.of(first));
        assertTrue(second > 68 * SECOND && second < 93 * SECOND, () -> "" + second / SECOND);
        long next = two.after(290 * SECOND, List.of(first - second));
        assertTrue(next > 135 * SECOND, "and then no more");
    }

    @Test
    void ofThreeLinksEachHasItsTurn() {
        Rollover three = new Rollover(3, new SplittableRandom(1));
        long first = three.after(300 * SECOND, List.of());
        long second = three.after(300 * SECOND, List.of(first));
        long third = three.after(300 * SECOND, List.of(first, second));
        assertTrue(Math.abs(first - second) > 20 * SECOND);
        assertTrue(Math.abs(first - third) > 20 * SECOND);
        assertTrue(Math.abs(second - third) > 20 * SECOND);
    }
}
