package io.cloudtunnel.server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

/** What is remembered of relay links that have ended: for so long, and so many. */
class EndedLinksTest {

    private static final long BETWEEN = EndedLinks.BETWEEN.toNanos();

    private final EndedLinks ended = new EndedLinks();

    @Test
    void whoeverGoesOnIsToldNowAndThen() {
        ended.add(7, "peer", 0);
        assertNull(ended.toTell(8, 1));
        assertEquals("peer", ended.toTell(7, 1));
        assertNull(ended.toTell(7, BETWEEN));
        assertEquals("peer", ended.toTell(7, BETWEEN + 1));
        ended.add(7, "peer", BETWEEN + 2); // again, which changes nothing
        assertNull(ended.toTell(7, BETWEEN + 2));
    }

    @Test
    void theyAreForgottenWhenTheOtherSideKnows() {
        ended.add(7, "peer", 0);
        ended.look(EndedLinks.REMEMBERED.toNanos());
        assertEquals("peer", ended.toTell(7, 1));
        ended.look(EndedLinks.REMEMBERED.toNanos() + 1);
        assertNull(ended.toTell(7, 10 * BETWEEN));
    }

    @Test
    void ofTooManyTheOldestAreForgotten() {
        for (int i = 0; i <= EndedLinks.MOST; i++) {
            ended.add(i, "peer" + i, 0);
        }
        assertNull(ended.toTell(0, 1));
        assertEquals("peer1", ended.toTell(1, 1));
        assertEquals("peer" + EndedLinks.MOST, ended.toTell(EndedLinks.MOST, 1));
    }
}
