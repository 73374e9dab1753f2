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

    private long now; // in seconds
    private final Whereabouts whereabouts = new Whereabouts();

    private Verdict hears(String instance, long started, int links, LiveLink.Place... live) {
        return whereabouts.judge(
                new Presence(instance, started, links),
                List.of(live),
                live.length > 0,
                now * 1_000_000_000L);
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
        now = 600;
        assertEquals(Verdict.FINE, hears("young", 2000, 0, OLD, OLD), "and nothing is dialled");
        assertEquals(Verdict.DIAL, hears("third", 3000, 0, OLD, OLD), "another one");
    }

    @Test
    void whoIsDialledInVainIsNotTheOnlyOneThatServes() {
        for (int i = 0; i < 3; i++) {
            assertEquals(Verdict.DIAL, hears("young", 2000, 0, OLD));
            assertEquals(Verdict.FINE, hears("old", 1000, 1, OLD));
        }
        assertEquals(Verdict.SEVERAL, hears("young", 2000, 0, OLD));
        assertEquals(Verdict.FINE, hears("young", 2000, 0, OLD));
        now = 59;
        assertEquals(Verdict.FINE, hears("young", 2000, 0, OLD));
        now = 60;
        assertEquals(Verdict.DIAL, hears("young", 2000, 0, OLD), "once a minute");
        assertEquals(Verdict.FINE, hears("young", 2000, 0, OLD));
        assertEquals(Verdict.DIAL, hears("third", 3000, 0, OLD));
    }

    @Test
    void whoAnswersByTurnsServesBesideTheOther() {
        for (int i = 0; i < 3; i++) {
            assertEquals(Verdict.FINE, hears("old", 1000, 0, YOUNG), "it may be about to leave");
            assertEquals(Verdict.FINE, hears("old", 1000, 0, YOUNG));
            assertEquals(Verdict.FINE, hears("young", 2000, 1, YOUNG));
        }
        assertEquals(Verdict.SEVERAL, hears("old", 1000, 0, YOUNG));
        now = 70;
        assertEquals(Verdict.FINE, hears("old", 1000, 0, YOUNG), "nor is it dialled");
    }

    @Test
    void thatSeveralServeIsSaidOnceInAWhile() {
        hears("old", 1000, 1, OLD, OLD);
        hears("young", 2000, 1, YOUNG, YOUNG);
        assertEquals(Verdict.SEVERAL, hears("young", 2000, 0, OLD, OLD));
        assertEquals(Verdict.FINE, hears("old", 1000, 0, YOUNG, YOUNG));
        now = 601;
        hears("third", 3000, 1, new LiveLink.Place("third", 3000));
        assertEquals(Verdict.SEVERAL, hears("third", 3000, 0, OLD, OLD));
    }

    @Test
    void butWhoIsReachedAtLastWas() {
        assertEquals(Verdict.DIAL, hears("young", 2000, 0, OLD));
        assertEquals(Verdict.DIAL, hears("young", 2000, 0, OLD));
        assertEquals(Verdict.FINE, hears("young", 2000, 1, OLD, YOUNG));
        assertEquals(Verdict.FINE, hears("young", 2000, 0, YOUNG), "it has just lost it");
    }

    @Test
    void aServerThatIsAwayIsDialledForAsLongAsItTakes() {
        for (int i = 0; i < 10; i++) {
            assertEquals(Verdict.DIAL, hears("young", 2000, 0));
        }
    }

    @Test
    void whatWasOpenedWhileItWasAskedIsNoContradiction() {
        hears("old", 1000, 2, OLD, OLD);
        assertEquals(Verdict.FINE, hears("young", 2000, 0, OLD, YOUNG));
    }
}
