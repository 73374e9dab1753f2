package io.cloudtunnel.protocol.session;

import static io.cloudtunnel.protocol.session.SilenceWatch.Verdict.DEAD;
import static io.cloudtunnel.protocol.session.SilenceWatch.Verdict.PING;
import static io.cloudtunnel.protocol.session.SilenceWatch.Verdict.QUIET;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudtunnel.protocol.frame.Limits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SilenceWatchTest {

    private static final long BEGAN = Long.MAX_VALUE - 5_000_000_000L; // the clock may overflow

    private final SilenceWatch watch = new SilenceWatch(Limits.DEFAULT, BEGAN);
    private long received = 100;

    private void expect(SilenceWatch.Verdict verdict, long seconds) {
        assertEquals(
                verdict,
                watch.look(BEGAN + Duration.ofSeconds(seconds).toNanos(), received),
                "after " + seconds + " s");
    }

    @Test
    void aSilentPeerIsAskedOncePerInterval() {
        expect(QUIET, 0);
        expect(QUIET, 14);
        expect(PING, 15);
        expect(QUIET, 16);
        expect(QUIET, 29);
        expect(PING, 30);
    }

    @Test
    void onlyAPeerThatHasAnsweredBeforeIsCut() {
        expect(QUIET, 0);
        expect(PING, 44);
        expect(QUIET, 45);
        expect(PING, 3600);
        watch.ponged();
        expect(DEAD, 3601);
    }

    @Test
    void aPeerThatAnswersPingsIsCutAfterTheSilence() {
        watch.ponged();
        expect(QUIET, 0);
        expect(PING, 15);
        expect(PING, 30);
        expect(QUIET, 44);
        expect(DEAD, 45);
    }

    @Test
    void anyByteIsASignOfLife() {
        watch.ponged();
        expect(QUIET, 0);
        expect(PING, 40);
        received++;
        expect(QUIET, 44);
        expect(QUIET, 58);
        expect(PING, 59);
        expect(QUIET, 60);
        expect(DEAD, 89);
    }

    @Test
    void whoCouldNotBeAskedIsExcused() {
        watch.ponged();
        expect(QUIET, 0);
        watch.excuse(BEGAN + Duration.ofSeconds(100).toNanos());
        expect(QUIET, 114);
        expect(PING, 115);
        expect(DEAD, 145);
    }
}
