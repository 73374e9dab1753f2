package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.ProtocolException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The body that a stream sends: what is queued for the writer, and the credit for more. Guarded by
 * the stream's lock.
 */
final class Outbound {

    private final ArrayDeque<Frame> queue = new ArrayDeque<>(4); // bounded by room() and one END
    private final int leastBytes;
    private final int mostBytes;
    private final MemoryBudget budget;
    private int limitBytes; // what is beyond the least is borrowed, until nothing is queued
    private long credit;
    private int queuedBytes;
    private boolean endQueued;
    private boolean over;

    /**
     * A body that begins.
     *
     * @param leastBytes how much data may be queued here at any time, reserved by the caller
     * @param mostBytes how much at most; borrowed while the budget has room
     */
    Outbound(long credit, int leastBytes, int mostBytes, MemoryBudget budget) {
        this.credit = credit;
        this.leastBytes = leastBytes;
        this.mostBytes = mostBytes;
        this.budget = budget;
        this.limitBytes = leastBytes;
    }

    /** The most data that may be queued now in one chunk; 0 if the sender has to wait. */
    int room() {
        long free = Math.min(limitBytes - queuedBytes, credit);
        return (int) Math.min(free, BinaryCodec.MAX_CHUNK);
    }

    void add(Frame.Chunk chunk) {
        queue.addLast(chunk);
        credit -= chunk.data().length();
        queuedBytes += chunk.data().length();
        endQueued |= chunk.end();
        if (queuedBytes >= limitBytes && limitBytes < mostBytes) {
            limitBytes = WindowSizer.extend(budget, limitBytes, mostBytes);
        }
    }

    private void nothingQueued() {
        queuedBytes = 0;
        if (limitBytes > leastBytes) {
            budget.release(limitBytes - leastBytes);
            limitBytes = leastBytes;
        }
    }

    /** A frame that keeps its place behind what is queued. */
    void addInOrder(Frame frame) {
        queue.addLast(frame);
    }

    void granted(int increment) throws ProtocolException {
        credit += increment;
        if (credit > Integer.MAX_VALUE) {
            throw new ProtocolException(ProtocolException.FLOW_CONTROL, "overflow");
        }
    }

    /** What the writer takes next, null if nothing is there. */
    @Nullable Frame poll() {
        Frame frame = queue.pollFirst();
        if (frame instanceof Frame.Chunk chunk) {
            queuedBytes -= chunk.data().length();
            over |= chunk.end();
            if (queuedBytes == 0) {
                nothingQueued();
            }
        }
        return frame;
    }

    boolean hasQueued() {
        return !queue.isEmpty();
    }

    /** Drops queued data; a {@code stop} of ours for the other direction still goes out. */
    void stopped() {
        queue.removeIf(frame -> frame instanceof Frame.Chunk);
        nothingQueued();
        endQueued = true;
        over = true;
    }

    /** Nothing of this direction follows, and nothing is queued. */
    void none() {
        endQueued = true;
        over = true;
    }

    void clear() {
        queue.clear();
        nothingQueued();
        over = true;
    }

    /** Whether the sender has said its last. */
    boolean endQueued() {
        return endQueued;
    }

    /** Whether the direction has ended, as far as this side can know. */
    boolean over() {
        return over;
    }
}
