package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {

    @Test
    void allOrNothingIsReserved() {
        MemoryBudget budget = new MemoryBudget(100);
        assertTrue(budget.tryReserve(60));
        assertFalse(budget.tryReserve(41));
        assertEquals(60, budget.usedBytes());
        assertTrue(budget.tryReserve(40));
        assertFalse(budget.tryReserve(1));
        budget.release(100);
        assertEquals(0, budget.usedBytes());
        assertFalse(budget.tryReserve(Long.MAX_VALUE));
        assertEquals(100, budget.limitBytes());
    }

    @Test
    void aBudgetHasRoomForSomething() {
        assertThrows(IllegalArgumentException.class, () -> new MemoryBudget(0));
        assertTrue(MemoryBudget.ofHeap().limitBytes() > 0);
    }

    @Test
    void givingBackTooMuchIsADefect() {
        MemoryBudget budget = new MemoryBudget(100);
        assertThrows(AssertionError.class, () -> budget.release(1));
    }

    @Test
    void manyThreadsNeverHoldMoreThanThereIs() throws Exception {
        MemoryBudget budget = new MemoryBudget(3);
        List<Future<Integer>> counts =
                IntStream.range(0, 8)
                        .mapToObj(i -> ServerSide.start(() -> reservations(budget)))
                        .toList();
        int all = 0;
        for (Future<Integer> count : counts) {
            all += ServerSide.get(count);
        }
        assertTrue(all > 0);
        assertEquals(0, budget.usedBytes());
    }

    private static int reservations(MemoryBudget budget) {
        int count = 0;
        for (int i = 0; i < 10_000; i++) {
            if (budget.tryReserve(2)) {
                assertTrue(budget.usedBytes() <= 3);
                count++;
                budget.release(2);
            }
        }
        return count;
    }
}
