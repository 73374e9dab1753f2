package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.ProtocolException;
import io.cloudtunnel.protocol.frame.Reason;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One stream: what it sends, what it receives, and how it ends, as far as both ends are the same;
 * docs/protocol.md, section 7. The reader files frames with it and never waits, the writer takes
 * frames from it in turn, one thread sends, one receives, and any may end it. The first end wins.
 */
abstract sealed class Stream permits ServerStream, AgentStream {

    final Session session;
    final ReentrantLock lock = new ReentrantLock(); // guards what follows, also in the subclasses
    final Condition receivable = lock.newCondition();
    final Outbound out;
    @Nullable Inbound in;
    @Nullable ExchangeException failure;
    boolean closed; // on the wire
    boolean switched; // by a 101, to raw bytes

    private final int id;
    private final Reservation reservation;
    private final Sending sending;

    /**
     * A stream that is open on the wire.
     *
     * @param in null at the server, where a head comes first
     */
    Stream(Session session, int id, Reservation reservation, Outbound out, @Nullable Inbound in) {
        this.session = session;
        this.id = id;
        this.reservation = reservation;
        this.out = out;
        this.in = in;
        this.sending = new Sending(this, out);
    }

    int id() {
        return id;
    }

    /** What it holds of the memory budget; whoever opened it gives it back. */
    Reservation reservation() {
        return reservation;
    }

    abstract Frame.Chunk chunk(Bytes data, boolean end, @Nullable Fields trailers);

    /** What this side sends has ended. Called with the lock held. */
    abstract void sent();

    /** Told of the end by a failure. Called with no lock held; does not block. */
    abstract void failed(ExchangeException reason);

    /** Ends the stream because what the peer sends on it makes no sense. */
    abstract void malformed(String problem);

    /** What a side says that would have to send a head, or trailers, that the peer cannot take. */
    abstract ExchangeException tooLarge();

    /** Whether all that the peer has to say has come, so that a later end takes nothing away. */
    abstract boolean isWhole();

    // ---- Sending: one thread.

    /**
     * Sends a piece of the body; waits for credit and room.
     *
     * @param patienceNanos how long nothing may move, as the patrol sees it; 0 for ever
     * @return false if the peer wants no more
     */
    boolean send(Bytes piece, long patienceNanos) throws ExchangeException, InterruptedException {
        return sending.send(piece, patienceNanos);
    }

    /** Ends the body. Does nothing where the peer wanted no more of it. */
    void endBody(Fields trailers) throws ExchangeException {
        if (!session.peerTakes(trailers)) {
            throw end(tooLarge(), Reasons.of(tooLarge().code()));
        }
        sending.endBody(trailers);
    }

    /** For the writer. */
    Sending.Turn takeTurn() {
        return sending.takeTurn();
    }

    // ---- Receiving: one thread.

    /** Waits for the next piece of the body, null at its end; the one before counts as taken. */
    @Nullable Bytes receive() throws ExchangeException, InterruptedException {
        lock.lock();
        try {
            grantTaken();
            while (true) {
                Bytes piece = in == null ? null : in.poll();
                if (piece != null) {
                    return piece;
                }
                if (in != null && in.drained()) {
                    return null;
                }
                throwIfFailed();
                if (in != null && in.unwanted()) { // its end must not look like the body's
                    throw new ExchangeException(ErrorCode.CANCELLED, "no more of it is wanted");
                }
                receivable.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes of the body the next {@link #receive} gives at once; 0 if it may wait. */
    int readyBytes() {
        lock.lock();
        try {
            return in == null ? 0 : in.readyBytes();
        } finally {
            lock.unlock();
        }
    }

    private void grantTaken() {
        if (in == null || closed || !in.hasUntaken()) {
            return;
        }
        long now = System.nanoTime();
        int grant = in.taken(now, session.rttNanos());
        if (grant > 0) {
            session.grant(id, grant, now);
        }
    }

    /** The trailers, once {@link #receive} has returned null. */
    Fields trailers() {
        lock.lock();
        try {
            return in == null ? Fields.EMPTY : in.trailers();
        } finally {
            lock.unlock();
        }
    }

    /** Wants no more of what it receives; the other direction goes on. */
    void stopReceiving(Reason reason) {
        lock.lock();
        try {
            if (in == null || in.ended() || in.unwanted() || closed) {
                return;
            }
            in.drop();
            out.addInOrder(new Frame.Stop(id, reason));
            sending.schedule();
            receivable.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // ---- The reader: never waits.

    void onChunk(Frame.Chunk chunk, int message) throws ProtocolException {
        Inbound.Received received;
        lock.lock();
        try {
            if (in == null) {
                throw new ProtocolException("frame-out-of-order");
            }
            Fields trailers = chunk.trailers();
            received =
                    trailers == null || (!switched && reservation.tryAdd(trailers.byteCount()))
                            ? in.accept(chunk.data(), message, chunk.end(), trailers)
                            : Inbound.Received.WRONG_TRAILERS;
            receivable.signal();
            if (received == Inbound.Received.OK) {
                closeIfOver();
            }
        } finally {
            lock.unlock();
        }
        switch (received) {
            case OK -> {}
            case WRONG_LENGTH -> malformed("the body is not as long as Content-Length says");
            case WRONG_TRAILERS -> malformed("trailers that cannot be taken");
        }
    }

    void onCredit(int increment) throws ProtocolException {
        lock.lock();
        try {
            if (!out.endQueued()) {
                out.granted(increment);
                sending.wake();
            }
        } finally {
            lock.unlock();
        }
    }

    void onStop() throws ProtocolException {
        lock.lock();
        try {
            if (!out.over()) {
                out.stopped();
                sending.wake();
                sent();
            }
            closeIfOver();
        } finally {
            lock.unlock();
        }
    }

    // ---- The end.

    /** For the patrol: ends the stream where something has taken too long. */
    final void look(long nowNanos) {
        String late;
        lock.lock();
        try {
            late = failure == null ? overdue(nowNanos) : null;
        } finally {
            lock.unlock();
        }
        if (late != null) {
            end(new ExchangeException(ErrorCode.AGENT_TIMEOUT, late), Reason.AGENT_TIMEOUT);
        }
    }

    /** What has taken too long, null if nothing has. Called with the lock held. */
    @Nullable String overdue(long nowNanos) {
        return sending.isOverdue(nowNanos)
                ? "timeout waiting agent: it takes nothing of the request"
                : null;
    }

    /**
     * Ends the stream, if it is not over. A response that has come whole stays.
     *
     * @param tell the reason that the peer is told, null if it need not be
     * @return the failure that counts
     */
    ExchangeException end(ExchangeException reason, @Nullable Reason tell) {
        boolean wasOpen;
        lock.lock();
        try {
            if (failure != null) {
                return failure;
            }
            failure = reason;
            wasOpen = !closed;
            closed = true;
            out.clear();
            if (in != null && !isWhole()) {
                in.drop();
            }
            receivable.signalAll();
            sending.wake();
        } finally {
            lock.unlock();
        }
        if (wasOpen) {
            session.forget(this);
            if (tell != null) {
                session.urgentOrFail(new Frame.Reset(id, tell, reason.text()));
            }
        }
        failed(reason);
        return reason;
    }

    /**
     * The session has ended, and this stream with it.
     *
     * @param lastOpened the last stream of this side's that the peer may know of
     */
    void sessionEnded(ExchangeException reason, int lastOpened) {
        end(reason, null);
    }

    /** Both directions have ended: the peer knows it too. Called with the lock held. */
    final void closeIfOver() {
        boolean inOver = in != null && (in.ended() || in.unwanted());
        if (!closed && out.over() && !out.hasQueued() && inOver) {
            closed = true;
            session.forget(this);
        }
    }

    /** What this side sends is not waited for any longer. Called with the lock held. */
    final void sendNoMore() {
        out.none();
        sending.wake();
    }

    final void throwIfFailed() throws ExchangeException {
        if (failure != null) {
            throw failure;
        }
    }
}
