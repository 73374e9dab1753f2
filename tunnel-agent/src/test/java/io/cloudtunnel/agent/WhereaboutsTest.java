package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudtunnel.agent.Whereabouts.Verdict;
import io.cloudtunnel.agent.connect.Presence;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What follows from where the public is. */
class WhereaboutsTest {

    private static final LiveLink.Place OLD = new LiveLink.Place("old", 1000);
    private static final LiveLink.Place YOUNG = new LiveLink.Place("young", 2000);

    private final Whereabouts whereabouts = new Whereabouts();

    private Verdict hears(String instance, long started, int links, LiveLink.Place... live) {
        return whereabouts.judge(
                new Presence(instance, started, links), List.of(live), live.length > 0, 0);
    }

    @Test
    void aLaterInstanceWithoutALinkIsAReason() {
        assertEquals(Verdict.FINE, hears("old", 1000, 2, OLD, OLD));
        assertEquals(Verdict.DIAL, hears("young", 2000, 0, OLD, OLD));
        assertEquals(Verdict.FINE, hears("young", 2000, 1, OLD, YOUNG));
    }

    @Test
    void whereAnotherAgentHasALinkThisOneFollows() {
        assertEquals(Verdict.DIAL, hears("young", 2000, 1, OLD, OLD));
        assertEquals(Verdict.FINE, hears("young", 2000, 1), "there is no haste");
    }

    @Test
    void anEarlierOneIsNone() {
        assertEquals(Verdict.FINE, hears("old", 1000, 0, YOUNG));
        assertEquals(Verdict.FINE, hears("old", 1000, 0, OLD), "it has just lost it");
    }

    @Test
    void withoutAnyLinkAnyOneIs() {
        assertEquals(Verdict.FINE, hears("old", 1000, 1, OLD));
        assertEquals(Verdict.DIAL, hears("old", 1000, 0));
    }

    @Test
    void oneThatWasHeldLatelyMeansThatSeveralServeAndIsSaidOnce() {
        hears("young", 2000, 1, YOUNG, YOUNG);
        assertEquals(Verdict.SEVERAL, hears("young", 2000, 0, OLD, OLD));
        assertEquals(Verdict.FINE, hears("young", 2000, 0, OLD, OLD));
        assertEquals(Verdict.DIAL, hears("third", 3000, 0, OLD, OLD), "another one");
    }

    @Test
    void whatWasOpenedWhileItWasAskedIsNoContradiction() {
        hears("old", 1000, 2, OLD, OLD);
        assertEquals(Verdict.FINE, hears("young", 2000, 0, OLD, YOUNG));
    }
}
