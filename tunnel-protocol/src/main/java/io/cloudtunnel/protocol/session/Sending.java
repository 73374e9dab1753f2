package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a stream: one thread queues pieces of the body, as credit and room allow, and
 * the writer takes them in turn. Guarded by the stream's lock.
 */
final class Sending {

    /** What the writer gets when it is this stream's turn. */
    record Turn(@Nullable Frame frame, boolean more) {
        static final Turn NOTHING = new Turn(null, false);
    }

    private final Stream stream;
    private final Outbound out;
    private final ReentrantLock lock;
    private final Condition sendable;
    private final int mostChunk;
    private final Patience patience = new Patience();
    private boolean scheduled; // with the writer

    Sending(Stream stream, Outbound out) {
        this.stream = stream;
        this.out = out;
        this.lock = stream.lock;
        this.sendable = lock.newCondition();
        this.mostChunk = stream.session.link().goodMessage() - BinaryCodec.HEADER;
    }

    /** As {@link Stream#send}. */
    boolean send(Bytes piece, long patienceNanos) throws ExchangeException, InterruptedException {
        int at = 0;
        while (at < piece.length()) {
            lock.lock();
            try {
                if (!awaitRoom(patienceNanos)) {
                    return false;
                }
                int size = Math.min(Math.min(out.room(), mostChunk), piece.length() - at);
                out.add(stream.chunk(piece.slice(at, at + size), false, null));
                at += size;
                schedule();
            } finally {
                lock.unlock();
            }
        }
        return true;
    }

    private boolean awaitRoom(long patienceNanos) throws ExchangeException, InterruptedException {
        if (goesOn() && out.room() <= 0) {
            patience.begin(patienceNanos);
            try {
                while (goesOn() && out.room() <= 0) {
                    sendable.await();
                }
            } finally {
                patience.end();
            }
        }
        return isWanted();
    }

    private boolean goesOn() {
        return stream.failure == null && !out.endQueued();
    }

    /** False if the peer wants no more; a failure is one unless its answer has come whole. */
    private boolean isWanted() throws ExchangeException {
        if (stream.failure != null && !stream.isWhole()) {
            throw stream.failure;
        }
        return goesOn();
    }

    void endBody(Fields trailers) throws ExchangeException {
        lock.lock();
        try {
            if (isWanted()) {
                out.add(stream.chunk(Bytes.EMPTY, true, trailers.size() == 0 ? null : trailers));
                schedule();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The next frame of this stream, and whether it has another one. */
    Turn takeTurn() {
        lock.lock();
        try {
            Frame frame = out.poll();
            if (frame == null) {
                scheduled = false;
                return Turn.NOTHING;
            }
            scheduled = out.hasQueued();
            if (out.over()) {
                stream.sent();
            }
            sendable.signal();
            stream.closeIfOver();
            return new Turn(frame, scheduled);
        } finally {
            lock.unlock();
        }
    }

    /** Something is queued. Called with the lock held. */
    void schedule() {
        if (!scheduled && !stream.closed) {
            scheduled = true;
            stream.session.ready(stream);
        }
    }

    /** What the sender waits for may have changed. Called with the lock held. */
    void wake() {
        sendable.signalAll();
    }

    /** Whether nothing has moved for too long. Called with the lock held. */
    boolean isOverdue(long nowNanos) {
        return patience.isOver(nowNanos);
    }
}
