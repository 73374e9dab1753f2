package io.cloudtunnel.agent.inspect;

import io.cloudtunnel.protocol.frame.Bytes;
import java.util.Arrays;

/** The start of a body, and its length so far. Safe for use by several threads. */
final class BodyStart {

    /** So many bytes are kept at most. */
    static final int MOST = 16 * 1024;

    private static final int LEAST = 512;

    /** All that is known at a moment. */
    record Known(Bytes start, long length, boolean ended) {
        /** Whether the body is over, and all of it is here. */
        boolean whole() {
            return ended && length == start.length();
        }
    }

    private final long expected;

    // Of this object's monitor, which is held for copying at most 16 KiB, once for each body:
    private byte[] start = {};
    private int kept;
    private long length;
    private boolean ended;
    private boolean gap;

    /**
     * Of a body of which nothing has come.
     *
     * @param expected how long it is; negative if only its end says so
     */
    BodyStart(long expected) {
        this.expected = expected;
    }

    /** A piece has passed; what is kept of it is copied, since pieces hold on to larger arrays. */
    synchronized void add(Bytes piece) {
        length += piece.length();
        ended |= length == expected; // whoever knows that waits for nothing else
        int more = Math.min(piece.length(), MOST - kept);
        if (more <= 0) {
            return;
        }
        if (kept + more > start.length) {
            int room = Math.max(LEAST, Math.max(kept + more, 2 * start.length));
            start = Arrays.copyOf(start, Math.min(MOST, room));
        }
        piece.slice(0, more).copyTo(start, kept);
        kept += more;
    }

    /** The piece that was added last was dropped, so that what comes is not the whole. */
    synchronized void drop(Bytes piece) {
        length -= piece.length();
        kept = (int) Math.min(kept, length);
        gap = true;
    }

    /** The body is over. */
    synchronized void end() {
        ended = true;
    }

    synchronized Known known() {
        return new Known(Bytes.copyOf(start, 0, kept), length, ended && !gap);
    }

    /** The memory that it takes, without the object itself. */
    synchronized int bytes() {
        return start.length;
    }
}
