package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When does a window grow, when does it shrink, and does the budget always know? */
class WindowSizerTest {

    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;
    private static final long MILLI = 1_000_000;
    private static final long RTT = 100 * MILLI;

    private final MemoryBudget budget = new MemoryBudget(64 * MIB);
    private final WindowSizer sizer = sizer(WindowSizer.START);
    private long now;
    private long outstanding = WindowSizer.START; // credit of the peer, or not taken yet
    private long others;

    private WindowSizer sizer(int window) {
        assertTrue(budget.tryReserve(window));
        return new WindowSizer(budget, window, 0);
    }

    /** Half a window is taken after so long; returns what was granted. */
    private int half(long nanos) {
        now += nanos;
        int bytes = sizer.window() / 2;
        outstanding -= bytes;
        int grant = sizer.consumed(bytes, now, RTT);
        outstanding += grant;
        return grant;
    }

    private void halves(int count, long nanos) {
        for (int i = 0; i < count; i++) {
            half(nanos);
        }
    }

    private void othersHold(long bytes) {
        assertTrue(budget.tryReserve(bytes));
        others += bytes;
    }

    /** What the peer may send is what is reserved, and all is given back. */
    @AfterEach
    void theBudgetKnows() {
        assertEquals(sizer.window(), outstanding);
        assertEquals(sizer.window() + others, budget.usedBytes());
        sizer.release();
        assertEquals(others, budget.usedBytes());
    }

    @Test
    void twoFastWindowsDoubleIt() {
        halves(3, RTT);
        assertEquals(WindowSizer.START, sizer.window(), "what buffers may have swallowed");
        half(RTT);
        assertEquals(2 * WindowSizer.START, sizer.window());
    }

    @Test
    void aPauseBreaksTheRow() {
        halves(3, RTT);
        half(3 * RTT);
        halves(3, RTT);
        assertEquals(WindowSizer.START, sizer.window());
    }

    @Test
    void whatWasTakenInABurstSaysNothing() {
        for (int i = 0; i < 10; i++) {
            halves(7, 0); // it had piled up
            half(9 * RTT);
        }
        assertEquals(WindowSizer.START, sizer.window());
    }

    @Test
    void itGrowsToTheMost() {
        halves(100, RTT);
        assertEquals(WindowSizer.MOST, sizer.window());
    }

    @Test
    void itLeavesHalfOfTheBudget() {
        othersHold(31 * MIB);
        halves(100, RTT);
        assertEquals(MIB, sizer.window());
    }

    @Test
    void aConsumerThatBecomesSlowGivesBackWhatItGotWithItsSpeed() {
        halves(100, RTT);
        half(9 * RTT);
        assertEquals(WindowSizer.MOST, sizer.window(), "once is no sign");
        half(9 * RTT);
        assertEquals(WindowSizer.MOST / 2, sizer.window());
        halves(20, 9 * RTT);
        assertEquals(WindowSizer.START, sizer.window(), "not below what all begin with");
    }

    @Test
    void aTightBudgetTakesBackWhatWasGrown() {
        halves(100, RTT);
        othersHold(40 * MIB - WindowSizer.MOST);
        half(RTT);
        assertEquals(WindowSizer.MOST / 2, sizer.window());
        othersHold(WindowSizer.MOST);
        halves(10, RTT);
        assertEquals(WindowSizer.START, sizer.window());
    }

    @Test
    void aBudgetThatIsAllButUsedUpLeavesLittle() {
        othersHold(60 * MIB);
        halves(10, RTT);
        assertEquals(64 * KIB, sizer.window());
    }

    @Test
    void nothingIsTakenBackFromTheLeast() {
        othersHold(60 * MIB);
        WindowSizer least = sizer(WindowSizer.LEAST);
        assertEquals(8 * KIB, least.consumed(8 * KIB, RTT, RTT));
        assertEquals(WindowSizer.LEAST, least.window());
        least.release();
    }

    @Test
    void withoutARoundTripAMillisecondCounts() {
        WindowSizer near = sizer(WindowSizer.START);
        long at = 0;
        for (int i = 0; i < 20; i++) {
            assertEquals(WindowSizer.START, near.window(), "not before 20 ms");
            at += MILLI;
            near.consumed(near.window() / 2, at, 0);
        }
        assertEquals(2 * WindowSizer.START, near.window());
        near.release();
    }

    @Test
    void rawBytesBeginWithTheLeastAndGetMoreOnceTheyFlow() {
        WindowSizer raw = raw();
        assertEquals(8 * KIB, raw.consumed(8 * KIB, 9 * RTT, RTT), "it was idle before");
        assertEquals(WindowSizer.LEAST, raw.window());
        int grant = raw.consumed(8 * KIB, 10 * RTT, RTT);
        assertEquals(8 * KIB + WindowSizer.START - WindowSizer.LEAST, grant);
        assertEquals(WindowSizer.START, raw.window());
        raw.release();
    }

    @Test
    void rawBytesThatFlowNoLongerGiveBackAllButTheLeast() {
        WindowSizer raw = raw();
        long at = RTT;
        raw.consumed(8 * KIB, at, RTT);
        assertEquals(WindowSizer.START, raw.window());
        for (int i = 0; i < 20; i++) {
            at += 9 * RTT;
            raw.consumed(raw.window() / 2, at, RTT);
        }
        assertEquals(WindowSizer.LEAST, raw.window());
        raw.release();
    }

    @Test
    void rawBytesGetNoMoreThanTheBudgetHas() {
        othersHold(48 * MIB);
        WindowSizer raw = raw();
        assertEquals(8 * KIB, raw.consumed(8 * KIB, RTT, RTT));
        assertEquals(WindowSizer.LEAST, raw.window());
        raw.release();
    }

    private WindowSizer raw() {
        assertTrue(budget.tryReserve(WindowSizer.LEAST));
        return WindowSizer.raw(budget, 0);
    }
}
