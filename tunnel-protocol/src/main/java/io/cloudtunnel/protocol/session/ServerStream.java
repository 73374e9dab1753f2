package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.ProtocolException;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A stream at the server, which sends the request and receives heads and a body. */
final class ServerStream extends Stream {

    private static final int MOST_INTERIM = 16;

    /** What makes a stream, once its id is known. */
    interface Opening {
        ServerStream open(int id) throws ProtocolException;
    }

    /** What is kept of a request, to judge its answer by. */
    record Asked(String method, boolean upgrade) {}

    private final Asked asked;
    private final int credit;
    private final ArrayDeque<ResponseHead> heads = new ArrayDeque<>(1); // MOST_INTERIM and one
    private boolean refused;
    private int interim;
    private long interimBytes;
    private long requestEndNanos;
    private boolean requestEnded;
    private long headPatienceNanos; // 0 while nobody waits for a head

    /**
     * A stream that is open on the wire.
     *
     * @param credit what the agent may send of the response's body before it gets more
     */
    ServerStream(
            Session session,
            int id,
            Asked asked,
            Reservation reservation,
            Outbound out,
            int credit) {
        super(session, id, reservation, out, null);
        this.asked = asked;
        this.credit = credit;
    }

    Asked asked() {
        return asked;
    }

    @Override
    Frame.Chunk chunk(Bytes data, boolean end, @Nullable Fields trailers) {
        return new Frame.ReqChunk(id(), data, end, trailers);
    }

    @Override
    void sent() {
        requestSent();
    }

    /** A request that never left can go another way. */
    @Override
    void sessionEnded(ExchangeException reason, int lastOpened) {
        end(id() > lastOpened ? JsonFailures.notConnected() : reason, null);
    }

    @Override
    void failed(ExchangeException reason) {
        // Whoever waits has been woken.
    }

    @Override
    void malformed(String problem) {
        end(
                ExchangeException.of(ErrorCode.AGENT_ANSWER_MALFORMED, problem),
                Reason.AGENT_ANSWER_MALFORMED);
    }

    @Override
    ExchangeException tooLarge() {
        return ExchangeException.of(ErrorCode.BAD_REQUEST, "its trailers are too large");
    }

    @Override
    boolean isWhole() {
        return in != null && in.ended() && !in.unwanted();
    }

    @Override
    boolean send(Bytes piece, long patienceNanos) throws ExchangeException, InterruptedException {
        if (!asked.upgrade()) {
            return super.send(piece, patienceNanos);
        }
        checkAnswered();
        return super.send(piece, 0); // raw bytes wait as long as the reader of them likes
    }

    @Override
    void endBody(Fields trailers) throws ExchangeException {
        if (asked.upgrade()) {
            checkAnswered();
        }
        super.endBody(asked.upgrade() ? Fields.EMPTY : trailers);
    }

    /** A chunk that overtakes the answer to an upgrade would cost the link. */
    private void checkAnswered() {
        lock.lock();
        try {
            if (in == null && failure == null) {
                throw new IllegalStateException("the upgrade was not answered yet");
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the next head.
     *
     * @param patienceNanos for how long at most, from the last byte of the request on, as the
     *     patrol sees it; sending has a deadline of its own
     */
    ResponseHead receiveHead(long patienceNanos) throws ExchangeException, InterruptedException {
        lock.lock();
        try {
            headPatienceNanos = patienceNanos;
            while (heads.isEmpty()) {
                throwIfFailed();
                receivable.await();
            }
            return heads.removeFirst();
        } finally {
            headPatienceNanos = 0;
            lock.unlock();
        }
    }

    @Override
    @Nullable String overdue(long nowNanos) {
        boolean late =
                headPatienceNanos != 0
                        && requestEnded
                        && heads.isEmpty()
                        && nowNanos - requestEndNanos > headPatienceNanos;
        return late ? "timeout waiting agent" : super.overdue(nowNanos);
    }

    /** From now on the response's head is waited for. */
    void requestSent() {
        lock.lock();
        try {
            if (!requestEnded) {
                requestEnded = true;
                requestEndNanos = System.nanoTime();
                receivable.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** An interim head came. */
    void onInterim(ResponseHead head, int bytes) throws ProtocolException {
        boolean tooMany;
        lock.lock();
        try {
            checkNoFinalHead();
            interim++;
            interimBytes += bytes;
            tooMany = interim > MOST_INTERIM || interimBytes > session.own().headMax();
            if (!tooMany) {
                addHead(head);
            }
        } finally {
            lock.unlock();
        }
        if (tooMany) {
            malformed("too many interim responses");
        }
    }

    private void addHead(ResponseHead head) {
        if (failure == null) {
            heads.addLast(head);
            receivable.signalAll();
        }
    }

    private void checkNoFinalHead() throws ProtocolException {
        if (in != null) {
            throw new ProtocolException("frame-out-of-order");
        }
    }

    /**
     * The final head came.
     *
     * @param length what Content-Length says of the body that follows
     */
    void onFinal(ResponseHead head, long length, Inbound.Begin begin, Bytes whole)
            throws ProtocolException {
        Inbound.Received received;
        lock.lock();
        try {
            checkNoFinalHead();
            in = new Inbound(length, reservation().window(), credit);
            received =
                    switch (begin) {
                        case NONE -> in.whole(Bytes.EMPTY);
                        case WHOLE -> in.whole(whole);
                        case BODY -> Inbound.Received.OK;
                    };
            if (received == Inbound.Received.OK) {
                addHead(head);
            }
            switched = head.status() == 101;
            if (asked.upgrade() && !switched) { // the request direction has ended with it
                sendNoMore();
            }
            if (received == Inbound.Received.OK) {
                closeIfOver();
            }
        } finally {
            lock.unlock();
        }
        if (received != Inbound.Received.OK) {
            malformed("the body is not as long as Content-Length says");
        }
    }

    /** The peer promises that nothing of the request went to the local service. */
    void onRefused(ExchangeException reason) throws ProtocolException {
        lock.lock();
        try {
            if (in != null || interim > 0) {
                throw new ProtocolException("frame-out-of-order");
            }
        } finally {
            lock.unlock();
        }
        refusedBy(reason);
    }

    /** The same by a go-away. */
    void refusedBy(ExchangeException reason) {
        lock.lock();
        try {
            refused = failure == null;
        } finally {
            lock.unlock();
        }
        end(reason, null);
    }

    /** Whether it ended by a refusal. */
    boolean wasRefused() {
        lock.lock();
        try {
            return refused;
        } finally {
            lock.unlock();
        }
    }
}
