package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ProtocolException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The body that a stream receives: what has come and was not taken yet, and the credit that the
 * peer has for more. Guarded by the stream's lock.
 */
final class Inbound {

    /**
     * Chunks up to this size are joined, so that many small ones cost little more than their data.
     */
    private static final int SMALL = 1024;

    private final ArrayDeque<Bytes> queue = new ArrayDeque<>(4); // bounded by the credit given
    private final long declaredLength;
    private final WindowSizer sizer;
    private long credit;
    private long received;
    private int untaken; // bytes handed out last, which the consumer may still hold
    private boolean ended;
    private boolean unwanted;
    private Fields trailers = Fields.EMPTY;

    /**
     * A body that begins.
     *
     * @param declaredLength what {@code Content-Length} says, or {@code Exchange.UNKNOWN_LENGTH}
     * @param sizer how much credit the peer gets
     * @param credit how much it has at first, at most the sizer's window
     */
    Inbound(long declaredLength, WindowSizer sizer, int credit) {
        this.declaredLength = declaredLength;
        this.sizer = sizer;
        this.credit = credit;
        sizer.owes(credit);
    }

    /** How a body begins. */
    enum Begin {
        /** There is none. */
        NONE,
        /** It is all there. */
        WHOLE,
        /** Chunks follow. */
        BODY
    }

    /** What a chunk did. */
    enum Received {
        OK,
        /** More, or less, than Content-Length said: the body must not look complete. */
        WRONG_LENGTH,
        /** Trailers where there may be none, or for which there is no room. */
        WRONG_TRAILERS
    }

    /**
     * Takes a chunk in.
     *
     * @param message the length of the message that it is a slice of
     * @throws ProtocolException if there was no credit for it, or the body had ended
     */
    Received accept(Bytes data, int message, boolean end, @Nullable Fields last)
            throws ProtocolException {
        if (ended) {
            throw new ProtocolException("frame-out-of-order");
        }
        if (data.length() > credit) {
            throw new ProtocolException(ProtocolException.FLOW_CONTROL, "overrun");
        }
        credit -= data.length();
        received += data.length();
        if (!unwanted && wrongLength(end)) { // whoever ends the stream for it drops the rest
            return Received.WRONG_LENGTH;
        }
        if (!unwanted && !data.isEmpty()) {
            keep(data, message);
        }
        if (end) {
            ended = true;
            trailers = last == null ? Fields.EMPTY : last;
        }
        return Received.OK;
    }

    private boolean wrongLength(boolean end) {
        return declaredLength >= 0
                && (received > declaredLength || (end && received < declaredLength));
    }

    /** A small slice must not keep a large message alive. */
    private void keep(Bytes data, int message) {
        Bytes last = queue.peekLast();
        if (last != null && data.length() < SMALL && last.length() < SMALL) {
            queue.removeLast();
            byte[] joined = new byte[last.length() + data.length()];
            last.copyTo(joined, 0);
            data.copyTo(joined, last.length());
            queue.addLast(Bytes.wrap(joined));
        } else if (data.length() * 2 < message) {
            queue.addLast(Bytes.wrap(data.toByteArray()));
        } else {
            queue.addLast(data);
        }
    }

    /** A whole body, which came with its head; or none at all, if it is empty. */
    Received whole(Bytes body) {
        received = body.length();
        if (wrongLength(true)) {
            return Received.WRONG_LENGTH;
        }
        if (!body.isEmpty()) {
            queue.addLast(body);
        }
        ended = true;
        return Received.OK;
    }

    /** The body ends without having begun. */
    void none() {
        ended = true;
    }

    /** What comes next, null if nothing is there. */
    @Nullable Bytes poll() {
        Bytes next = queue.pollFirst();
        if (next != null) {
            untaken = next.length();
        }
        return next;
    }

    boolean hasUntaken() {
        return untaken > 0;
    }

    /** The length of what comes next, 0 if nothing is there. */
    int readyBytes() {
        Bytes next = queue.peekFirst();
        return next == null ? 0 : next.length();
    }

    /**
     * The consumer has taken what it got last; returns the credit to be granted now, mostly 0.
     *
     * @param nowNanos {@code System.nanoTime()}
     * @param rttNanos the round trip of the link, 0 where it is not known
     */
    int taken(long nowNanos, long rttNanos) {
        int bytes = untaken;
        untaken = 0;
        if (ended || unwanted) {
            return 0;
        }
        int grant = sizer.consumed(bytes, nowNanos, rttNanos);
        credit += grant;
        return grant;
    }

    /** Nothing more of it is wanted; what has come is dropped. */
    void drop() {
        unwanted = true;
        queue.clear();
    }

    /** Whether all has come. */
    boolean ended() {
        return ended;
    }

    /** Whether all has come and was taken; never where some of it was dropped. */
    boolean drained() {
        return ended && !unwanted && queue.isEmpty();
    }

    boolean unwanted() {
        return unwanted;
    }

    Fields trailers() {
        return trailers;
    }
}
