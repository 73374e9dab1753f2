package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.JsonCodec;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.frame.StandardPhrase;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One request in JSON mode: its body is collected, sent whole, and answered whole. What it holds is
 * within the memory budget, and given back when it is over.
 */
final class JsonExchange implements Exchange {

    private final JsonUpstream upstream;
    private final String id;
    private final RequestHead head;
    private final boolean lengthUnknown; // until the body is whole
    private final Limits limits;
    private final MemoryBudget budget;

    private final ReentrantLock lock = new ReentrantLock(); // guards what follows
    private final Condition changed = lock.newCondition();
    private @Nullable BodyBuffer body; // until it is encoded, or the exchange is over
    private @Nullable ExchangeException failure;
    private @Nullable ResponseHead answerHead;
    private @Nullable Bytes answerBody; // until it is received
    private long heldBytes; // of the answer's body, until whoever received it comes again
    private long movedNanos = System.nanoTime(); // the last byte of the request so far
    private boolean handedOver;
    private boolean sent;
    private boolean over; // answered, or failed

    JsonExchange(
            JsonUpstream upstream,
            String id,
            RequestHead head,
            boolean lengthUnknown,
            Limits limits,
            MemoryBudget budget) {
        this.upstream = upstream;
        this.id = id;
        this.head = head;
        this.lengthUnknown = lengthUnknown;
        this.limits = limits;
        this.budget = budget;
        this.body = new BodyBuffer(budget, limits.jsonBodyBytes());
    }

    @Override
    public boolean send(Bytes piece) throws ExchangeException {
        lock.lock();
        try {
            throwIfFailed();
            if (body == null) {
                throw new IllegalStateException("the request has ended");
            }
            movedNanos = System.nanoTime();
            return switch (body.add(piece)) {
                case KEPT -> true;
                case OVER_LIMIT -> throw fail(JsonFailures.bodyTooLarge(limits));
                case OVER_BUDGET -> throw fail(JsonFailures.outOfBudget());
            };
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void endRequest(Fields trailers) throws ExchangeException, InterruptedException {
        try (BodyBuffer whole = takeBody()) {
            if (!upstream.sender().send(whole, this::encode)) {
                throw fail(JsonFailures.outOfBudget());
            }
        } catch (IOException e) {
            throw fail(JsonFailures.lost());
        }
        lock.lock();
        try {
            sent = true;
            movedNanos = System.nanoTime();
            changed.signalAll(); // another limit counts from now on
        } finally {
            lock.unlock();
        }
    }

    private Bytes encode(Bytes whole) throws ExchangeException {
        Bytes text = JsonCodec.encode(new JsonMessage.Request(id, headWith(whole), whole));
        handOver();
        return text;
    }

    /** An empty body that was there is told from none by its length (RFC 9110, section 8.6). */
    private RequestHead headWith(Bytes whole) {
        if (!lengthUnknown) {
            return head;
        }
        String length = Integer.toString(whole.length());
        return head.with(head.fields().toBuilder().set("Content-Length", length).build());
    }

    private BodyBuffer takeBody() throws ExchangeException {
        lock.lock();
        try {
            throwIfFailed();
            BodyBuffer taken = body;
            if (taken == null) {
                throw new IllegalStateException("the request has ended");
            }
            body = null;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** From here on nobody can tell whether the request reaches the local service. */
    private void handOver() throws ExchangeException {
        lock.lock();
        try {
            throwIfFailed();
            handedOver = true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ResponseHead receiveHead() throws ExchangeException, InterruptedException {
        lock.lock();
        try {
            while (answerHead == null && failure == null) {
                Duration limit = sent ? limits.responseTimeout() : limits.progressTimeout();
                long left = limit.toNanos() - (System.nanoTime() - movedNanos);
                if (left <= 0) {
                    throw fail(
                            ExchangeException.of(
                                    handedOver
                                            ? ErrorCode.AGENT_TIMEOUT
                                            : ErrorCode.REQUEST_TIMEOUT));
                }
                changed.awaitNanos(left);
            }
            throwIfFailed();
            return Objects.requireNonNull(answerHead);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable Bytes receive() throws ExchangeException {
        lock.lock();
        try {
            throwIfFailed();
            Bytes whole = answerBody;
            if (whole == null) {
                releaseHeld();
                return null;
            }
            answerBody = null;
            return whole.isEmpty() ? null : whole;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int readyBytes() {
        lock.lock();
        try {
            return answerBody == null ? 0 : answerBody.length();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Fields responseTrailers() {
        return Fields.EMPTY;
    }

    /** The answer came; nothing of it is kept if the exchange is over. */
    void answered(ResponseHead responseHead, Bytes responseBody) {
        if (responseBody.length() > limits.jsonBodyBytes()) {
            answerFailed(JsonFailures.answerTooLarge(limits));
            return;
        }
        if (responseHead.fields().byteCount() > limits.headBytes()) {
            answerFailed(JsonFailures.malformed("its head is too large"));
            return;
        }
        boolean bodiless = !mayHaveBody(responseHead.status());
        Bytes kept = bodiless ? Bytes.EMPTY : responseBody;
        lock.lock();
        try {
            if (over || !handedOver) { // an answer to what was not asked
                return;
            }
            if (!budget.tryReserve(kept.length())) {
                fail(JsonFailures.outOfBudget());
                return;
            }
            answerHead = withReason(withLength(responseHead, kept.length()));
            answerBody = kept;
            heldBytes = kept.length();
            finish();
        } finally {
            lock.unlock();
        }
    }

    /** An answer came that is of no use. */
    void answerFailed(ExchangeException reason) {
        lock.lock();
        try {
            if (handedOver) {
                fail(reason);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean mayHaveBody(int status) {
        return !head.method().equals("HEAD") && status != 204 && status != 304;
    }

    /**
     * What counts is the body that the message carries: an agent may have decoded it, and left the
     * field as it was. Only in answers to HEAD and in 304 it speaks of another body (RFC 9110,
     * section 8.6).
     */
    private ResponseHead withLength(ResponseHead responseHead, int length) {
        Fields fields = responseHead.fields();
        if (responseHead.status() == 204) {
            return responseHead.with(fields.without("Content-Length"));
        }
        if (!mayHaveBody(responseHead.status())) {
            return responseHead;
        }
        return responseHead.with(
                fields.toBuilder().set("Content-Length", Integer.toString(length)).build());
    }

    /** Neither a reason nor trailers have a place in this mode: the standard one, and none. */
    private static ResponseHead withReason(ResponseHead head) {
        Fields fields = HeadFields.withoutTrailer(head).fields();
        return new ResponseHead(head.status(), StandardPhrase.of(head.status()), fields);
    }

    /** The link has ended. */
    void linkLost() {
        lock.lock();
        try {
            fail(handedOver ? JsonFailures.lost() : JsonFailures.notConnected());
        } finally {
            lock.unlock();
        }
    }

    /** Also once the answer is there: what is left of it must not look like its end. */
    @Override
    public void cancel(ExchangeException reason) {
        lock.lock();
        try {
            if (!over) {
                fail(reason);
            } else if (answerBody != null) {
                answerBody = null;
                failure = reason;
            }
            releaseHeld();
        } finally {
            lock.unlock();
        }
    }

    private void releaseHeld() {
        budget.release(heldBytes);
        heldBytes = 0;
    }

    /** The first failure wins; returns the one to throw. */
    private ExchangeException fail(ExchangeException reason) {
        lock.lock();
        try {
            if (!over) {
                failure = reason;
                finish();
            }
            return failure == null ? reason : failure;
        } finally {
            lock.unlock();
        }
    }

    private void finish() {
        over = true;
        if (body != null) {
            body.close();
            body = null;
        }
        upstream.forget(id);
        changed.signalAll();
    }

    private void throwIfFailed() throws ExchangeException {
        lock.lock();
        try {
            if (failure != null) {
                throw failure;
            }
        } finally {
            lock.unlock();
        }
    }
}
