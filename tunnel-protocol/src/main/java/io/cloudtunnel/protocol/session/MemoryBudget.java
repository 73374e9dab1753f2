package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.ws.MessageRoom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that a process may hold for requests and responses that are on their way. Whoever wants
 * to hold more asks first, and turns its exchange away where there is no room. Safe for use by
 * several threads.
 */
public final class MemoryBudget implements MessageRoom {

    private final long limitBytes;
    private final AtomicLong used = new AtomicLong();

    /** A budget of so many bytes, at least 1. */
    public MemoryBudget(long limitBytes) {
        if (limitBytes < 1) {
            throw new IllegalArgumentException("a memory budget of " + limitBytes + " bytes");
        }
        this.limitBytes = limitBytes;
    }

    /** Half of the heap that the process may grow to. */
    public static MemoryBudget ofHeap() {
        return new MemoryBudget(Runtime.getRuntime().maxMemory() / 2);
    }

    /** Takes so many bytes, or none of them and returns false. */
    @Override
    public boolean tryReserve(long bytes) {
        while (true) {
            long now = used.get();
            if (bytes > limitBytes - now) {
                return false;
            }
            if (used.compareAndSet(now, now + bytes)) {
                return true;
            }
        }
    }

    /** Gives back what was reserved. */
    @Override
    public void release(long bytes) {
        long left = used.addAndGet(-bytes);
        assert left >= 0 : "released more than was reserved";
    }

    /** Bytes in use. */
    public long usedBytes() {
        return used.get();
    }

    /** Bytes in all. */
    public long limitBytes() {
        return limitBytes;
    }
}
