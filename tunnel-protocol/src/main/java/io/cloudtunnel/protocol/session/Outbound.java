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
    private final int limitBytes;
    private long credit;
    private int queuedBytes;
    private boolean endQueued;
    private boolean over;

    /**
     * A body that begins.
     *
     * @param limitBytes the most data that is queued here, reserved by the caller
     */
    Outbound(long credit, int limitBytes) {
        this.credit = credit;
        this.limitBytes = limitBytes;
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
        }
        return frame;
    }

    boolean hasQueued() {
        return !queue.isEmpty();
    }

    /** Drops queued data; a {@code stop} of ours for the other direction still goes out. */
    void stopped() {
        queue.removeIf(frame -> frame instanceof Frame.Chunk);
        queuedBytes = 0;
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
        queuedBytes = 0;
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
