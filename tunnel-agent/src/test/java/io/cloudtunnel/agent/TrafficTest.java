package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** When a pause in the requests is one. */
class TrafficTest {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Traffic traffic = new Traffic();
    private final AtomicInteger woken = new AtomicInteger();
    private long now;

    private void requests(int count, long everyMillis) {
        traffic.wakes(woken::incrementAndGet);
        for (int i = 0; i < count; i++) {
            now += everyMillis * MILLI;
            traffic.request(now);
        }
    }

    @Test
    void afterManyRequestsAPauseCounts() {
        requests(Traffic.OFTEN, 50);
        assertEquals(Traffic.NEVER, traffic.untilPause(now));
        requests(100, 50);
        assertEquals(1, woken.get(), "once is enough");
        assertEquals(Traffic.PAUSE, traffic.untilPause(now));
        assertEquals(-MILLI, traffic.untilPause(now + Traffic.PAUSE + MILLI));
    }

    @Test
    void afterAFewItDoesNot() {
        requests(100, 150);
        assertEquals(Traffic.NEVER, traffic.untilPause(now));
        assertEquals(0, woken.get());
    }

    @Test
    void itCountsOnceUntilTheyComeAgain() {
        requests(20, 10);
        traffic.seen();
        assertEquals(Traffic.NEVER, traffic.untilPause(now));
        now += 5000 * MILLI;
        requests(Traffic.OFTEN, 10);
        assertEquals(Traffic.NEVER, traffic.untilPause(now));
        requests(1, 10);
        assertEquals(Traffic.PAUSE, traffic.untilPause(now));
        assertEquals(2, woken.get());
    }
}
