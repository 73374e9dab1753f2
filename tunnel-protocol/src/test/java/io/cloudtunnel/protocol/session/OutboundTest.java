package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Frame;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Does what is queued of raw bytes borrow what it needs, and give it back? */
class OutboundTest {

    private static final int KIB = 1024;
    private static final long LIMIT = 1024 * KIB;

    private final MemoryBudget budget = new MemoryBudget(LIMIT);
    private final Reservation reservation =
            Objects.requireNonNull(Reservation.tryReserveRaw(budget, 0));
    private final Outbound out = reservation.outbound(LIMIT);

    private void add(int bytes) {
        out.add(new Frame.ReqChunk(1, Bytes.wrap(new byte[bytes]), false, null));
    }

    @AfterEach
    void allIsGivenBack() {
        out.clear();
        assertEquals(2 * WindowSizer.LEAST, budget.usedBytes());
        assertTrue(reservation.release());
        assertEquals(0, budget.usedBytes());
    }

    @Test
    void aFullQueueBorrowsUntilItIsEmpty() {
        assertEquals(WindowSizer.LEAST, out.room());
        add(WindowSizer.LEAST);
        assertEquals(64 * KIB, out.room(), "a chunk");
        add(64 * KIB);
        assertEquals((128 + 16) * KIB, budget.usedBytes());
        assertNotNull(out.poll());
        assertEquals((128 + 16) * KIB, budget.usedBytes(), "of which some is still used");
        assertNotNull(out.poll());
        assertEquals(2 * WindowSizer.LEAST, budget.usedBytes());
        assertEquals(WindowSizer.LEAST, out.room());
    }

    @Test
    void whatIsSmallBorrowsNothing() {
        add(100);
        assertEquals(2 * WindowSizer.LEAST, budget.usedBytes());
    }

    @Test
    void nothingIsBorrowedWhereTheBudgetIsShort() {
        assertTrue(budget.tryReserve(LIMIT * 3 / 4));
        add(WindowSizer.LEAST);
        assertEquals(0, out.room(), "the sender waits");
        budget.release(LIMIT * 3 / 4);
    }

    @Test
    void aPeerThatWantsNoMoreFreesIt() {
        add(WindowSizer.LEAST);
        add(1);
        out.stopped();
        assertEquals(2 * WindowSizer.LEAST, budget.usedBytes());
    }
}
