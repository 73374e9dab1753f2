package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.cloudtunnel.protocol.frame.Frame;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Is the round trip what the wire takes, and not what is queued on it? */
class RoundTripTest {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private final RoundTrip roundTrip = new RoundTrip(0);
    private long now;

    private Frame.Ping ping() {
        Frame.@Nullable Ping ping = roundTrip.due(now);
        assertNotNull(ping);
        return ping;
    }

    /** Measures once, some time later. */
    private void measure(long later, long millis) {
        now += later;
        Frame.Ping ping = ping();
        roundTrip.pong(ping.content(), ping.content() + millis * MILLI);
    }

    @Test
    void nothingIsKnownAtFirst() {
        ping();
        assertEquals(0, roundTrip.nanos());
    }

    @Test
    void theLeastOfTheLastCounts() {
        measure(0, 80); // the classes of the peer were still being loaded
        assertEquals(80 * MILLI, roundTrip.nanos());
        measure(SECOND, 20);
        measure(SECOND, 50);
        assertEquals(20 * MILLI, roundTrip.nanos());
    }

    @Test
    void aBusyLinkDoesNotHideIt() {
        measure(0, 20);
        for (int i = 0; i < 300; i++) {
            measure(SECOND, 500);
        }
        assertEquals(20 * MILLI, roundTrip.nanos());
    }

    @Test
    void whatWasLongAgoIsForgotten() {
        measure(0, 20);
        for (int i = 0; i < 603; i++) {
            measure(SECOND, 50);
        }
        assertEquals(50 * MILLI, roundTrip.nanos());
    }

    @Test
    void onePingAtATime() {
        Frame.Ping ping = ping();
        now += 10 * SECOND;
        assertNull(roundTrip.due(now));
        roundTrip.pong(ping.content() + 1, now);
        assertNull(roundTrip.due(now), "what was not asked for is ignored");
        roundTrip.pong(ping.content(), now);
        assertNotNull(roundTrip.due(now));
    }

    @Test
    void eightWithoutAPauseAndThenOneEachSecond() {
        for (int i = 0; i < 8; i++) {
            Frame.Ping ping = ping();
            now += MILLI;
            roundTrip.pong(ping.content(), now);
        }
        assertNull(roundTrip.due(now));
        now += SECOND - 2 * MILLI;
        assertNull(roundTrip.due(now));
        now += MILLI;
        assertNotNull(roundTrip.due(now));
    }
}
