package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One request over a session, at the server. A small request of known length waits until it is
 * whole, to travel in JSON form; any other one is on its way at once.
 */
final class SessionExchange implements Exchange {

    private final SessionUpstream upstream;
    private final RequestHead head;
    private final long bodyLength;
    private final Limits limits;
    private final Reservation reservation;

    private final ReentrantLock lock = new ReentrantLock(); // guards what follows
    private final Condition opened = lock.newCondition();
    private @Nullable BodyBuffer small; // while the request is not on its way
    private @Nullable ServerStream stream;
    private @Nullable ExchangeException failure;

    SessionExchange(
            SessionUpstream upstream,
            RequestHead head,
            long bodyLength,
            Limits limits,
            Reservation reservation,
            @Nullable BodyBuffer small) {
        this.upstream = upstream;
        this.head = head;
        this.bodyLength = bodyLength;
        this.limits = limits;
        this.reservation = reservation;
        this.small = small;
    }

    /** The request is on its way. */
    void began(ServerStream newStream) {
        ExchangeException already;
        lock.lock();
        try {
            stream = newStream;
            already = failure;
            opened.signalAll();
        } finally {
            lock.unlock();
        }
        if (already != null) { // it was cancelled while it set out
            newStream.end(already, Reasons.of(already.code()));
        }
    }

    @Override
    public boolean send(Bytes piece) throws ExchangeException, InterruptedException {
        BodyBuffer.@Nullable Added added;
        lock.lock();
        try {
            throwIfFailed();
            added = small == null ? null : small.add(piece);
        } finally {
            lock.unlock();
        }
        if (added == null) {
            return stream().send(piece, limits.progressTimeout().toNanos());
        }
        return switch (added) {
            case KEPT -> true;
            case OVER_LIMIT ->
                    throw fail(
                            new ExchangeException(
                                    ErrorCode.BAD_REQUEST,
                                    "the body is longer than Content-Length says"));
            case OVER_BUDGET -> throw fail(JsonFailures.outOfBudget());
        };
    }

    @Override
    public void endRequest(Fields trailers) throws ExchangeException, InterruptedException {
        @Nullable Bytes collected;
        lock.lock();
        try {
            throwIfFailed();
            collected = small == null ? null : small.join();
            dropSmall();
        } finally {
            lock.unlock();
        }
        if (collected == null) {
            ServerStream sending = stream();
            if (bodyLength != 0 || sending.asked().upgrade()) {
                sending.endBody(trailers);
            }
        } else if (collected.length() < bodyLength) {
            throw fail(
                    new ExchangeException(
                            ErrorCode.BAD_REQUEST, "the body is shorter than Content-Length says"));
        } else {
            begin(collected);
        }
    }

    private void begin(Bytes whole) throws ExchangeException {
        try {
            began(upstream.openText(head, whole, reservation));
        } catch (ExchangeException e) {
            throw fail(e);
        }
    }

    /** Before it was on its way: whoever waits for the answer learns of it too. */
    private ExchangeException fail(ExchangeException reason) {
        lock.lock();
        try {
            if (failure == null) {
                failure = reason;
            }
            dropSmall();
            opened.signalAll();
            return failure;
        } finally {
            lock.unlock();
        }
    }

    private void dropSmall() {
        if (small != null) {
            small.close();
            small = null;
        }
    }

    @Override
    public ResponseHead receiveHead() throws ExchangeException, InterruptedException {
        return stream().receiveHead(limits.responseTimeout().toNanos());
    }

    @Override
    public @Nullable Bytes receive() throws ExchangeException, InterruptedException {
        return stream().receive();
    }

    @Override
    public int readyBytes() {
        ServerStream current;
        lock.lock();
        try {
            current = stream;
        } finally {
            lock.unlock();
        }
        return current == null ? 0 : current.readyBytes();
    }

    @Override
    public Fields responseTrailers() {
        lock.lock();
        try {
            return stream == null ? Fields.EMPTY : stream.trailers();
        } finally {
            lock.unlock();
        }
    }

    private ServerStream stream() throws ExchangeException, InterruptedException {
        lock.lock();
        try {
            while (stream == null) {
                throwIfFailed();
                opened.await(); // the sending thread has a deadline, and opens or cancels
            }
            return stream;
        } finally {
            lock.unlock();
        }
    }

    private void throwIfFailed() throws ExchangeException {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void cancel(ExchangeException reason) {
        Stream current;
        lock.lock();
        try {
            if (failure == null) {
                failure = reason;
            }
            dropSmall();
            current = stream;
            opened.signalAll();
        } finally {
            lock.unlock();
        }
        if (current != null) {
            current.end(reason, Reasons.of(reason.code()));
        }
        if (reservation.release()) {
            upstream.exchangeEnded();
        }
    }
}
