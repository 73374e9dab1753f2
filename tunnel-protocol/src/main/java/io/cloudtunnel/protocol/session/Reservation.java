package io.cloudtunnel.protocol.session;

import org.jspecify.annotations.Nullable;

/** What one exchange holds of the memory budget; given back once, by whoever comes first. */
final class Reservation {

    private static final int MOST_OUTBOUND = WindowSizer.START / 2;

    private final MemoryBudget budget;
    private long fixedBytes;
    private final int outboundBytes;
    private final int mostOutboundBytes;
    private final WindowSizer window;
    private boolean released;

    private Reservation(
            MemoryBudget budget,
            long fixedBytes,
            int outboundBytes,
            int mostOutboundBytes,
            WindowSizer window) {
        this.budget = budget;
        this.fixedBytes = fixedBytes;
        this.outboundBytes = outboundBytes;
        this.mostOutboundBytes = mostOutboundBytes;
        this.window = window;
    }

    /**
     * Reserves what an exchange needs at least, and more while there is room.
     *
     * @param headBytes the head
     * @param sends whether a body is sent
     * @return null if there is not even room for the least
     */
    static @Nullable Reservation tryReserve(MemoryBudget budget, long headBytes, boolean sends) {
        int outbound = sends ? WindowSizer.LEAST : 0;
        if (!budget.tryReserve(headBytes + WindowSizer.LEAST + outbound)) {
            return null;
        }
        int inbound = WindowSizer.extend(budget, WindowSizer.LEAST, WindowSizer.START);
        return of(budget, headBytes, outbound, inbound);
    }

    /**
     * Reserves what the agent needs for a request that has come: the window that its hello
     * promised, and what it may queue of the answer.
     *
     * @return null if there is no room for that
     */
    static @Nullable Reservation tryAccept(MemoryBudget budget, long headBytes, int window) {
        return budget.tryReserve(headBytes + window + WindowSizer.LEAST)
                ? of(budget, headBytes, WindowSizer.LEAST, window)
                : null;
    }

    /**
     * Reserves what an upgrade needs at either end: the least both ways, and more only while bytes
     * flow, since there may be thousands that are idle.
     *
     * @return null if there is no room for that
     */
    static @Nullable Reservation tryReserveRaw(MemoryBudget budget, long headBytes) {
        if (!budget.tryReserve(headBytes + 2 * WindowSizer.LEAST)) {
            return null;
        }
        var window = WindowSizer.raw(budget, System.nanoTime());
        return new Reservation(budget, headBytes, WindowSizer.LEAST, MOST_OUTBOUND, window);
    }

    private static Reservation of(
            MemoryBudget budget, long headBytes, int leastOutbound, int inbound) {
        int outbound =
                leastOutbound == 0 ? 0 : WindowSizer.extend(budget, leastOutbound, MOST_OUTBOUND);
        var window = new WindowSizer(budget, inbound, System.nanoTime());
        return new Reservation(budget, headBytes, outbound, outbound, window);
    }

    /** Takes so many bytes more, for heads and trailers; false if there is no room. */
    synchronized boolean tryAdd(long bytes) {
        if (released || !budget.tryReserve(bytes)) {
            return false;
        }
        fixedBytes += bytes;
        return true;
    }

    WindowSizer window() {
        return window;
    }

    /** What is sent under this reservation, with so much credit at first. */
    Outbound outbound(long credit) {
        return new Outbound(credit, outboundBytes, mostOutboundBytes, budget);
    }

    /** Gives all of it back; true the first time. */
    synchronized boolean release() {
        if (released) {
            return false;
        }
        released = true;
        budget.release(fixedBytes + outboundBytes);
        window.release();
        return true;
    }
}
