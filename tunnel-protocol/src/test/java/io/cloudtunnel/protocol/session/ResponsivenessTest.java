package io.cloudtunnel.protocol.session;

import static io.cloudtunnel.protocol.session.Responsiveness.Verdict.FOUND;
import static io.cloudtunnel.protocol.session.Responsiveness.Verdict.LOST;
import static io.cloudtunnel.protocol.session.Responsiveness.Verdict.PING;
import static io.cloudtunnel.protocol.session.Responsiveness.Verdict.SAME;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudtunnel.protocol.frame.Limits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who is waited for, and does not answer. */
class ResponsivenessTest {

    private static final long BEGAN = Long.MAX_VALUE - 5_000_000_000L; // the clock may overflow

    private final Responsiveness peer = new Responsiveness(Limits.DEFAULT);
    private long received = 100;

    private void expect(Responsiveness.Verdict verdict, long millis, boolean waiting) {
        assertEquals(
                verdict,
                peer.look(BEGAN + Duration.ofMillis(millis).toNanos(), received, waiting),
                "after " + millis + " ms");
    }

    @Test
    void afterFiveSecondsItIsAskedAndAfterFiveMoreItGetsNothing() {
        expect(SAME, 0, true);
        expect(SAME, 4_999, true);
        expect(PING, 5_000, true);
        expect(SAME, 9_999, true);
        assertEquals(false, peer.isLost());
        expect(LOST, 10_000, true);
        assertEquals(true, peer.isLost());
        expect(SAME, 60_000, true);
        assertEquals(true, peer.isLost());
    }

    @Test
    void whileNobodyWaitsItMayBeSilent() {
        expect(SAME, 0, false);
        expect(SAME, 600_000, false);
        expect(PING, 600_200, true);
        expect(SAME, 605_199, true);
        expect(LOST, 605_200, false);
    }

    @Test
    void anyByteIsAnAnswer() {
        expect(SAME, 0, true);
        expect(PING, 5_000, true);
        received++;
        expect(SAME, 9_999, true);
        expect(SAME, 10_200, true);
        expect(PING, 15_000, true);
        expect(LOST, 20_000, true);
        received++;
        expect(FOUND, 30_000, true);
        assertEquals(false, peer.isLost());
        expect(SAME, 30_200, true);
        expect(PING, 35_000, true);
        expect(LOST, 40_000, true);
    }
}
