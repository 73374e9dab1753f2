package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.JsonCodec;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One request in JSON mode: its body is collected, sent whole, and answered whole. What it holds is
 * within the memory budget, and given back when it is over.
 */
final class JsonExchange implements Exchange, JsonSender.Outgoing {

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
    private final JsonProgress progress;
    private boolean over; // answered, or failed

    private final Turns.Wait turn = new Turns.Wait();

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
        this.progress = new JsonProgress(upstream.sender(), limits);
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
            progress.moved();
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
            if (!upstream.sender().send(whole, turn, this)) {
                throw fail(JsonFailures.outOfBudget());
            }
        } catch (IOException e) {
            throw fail(JsonFailures.lost());
        } catch (ExchangeException e) {
            throw fail(e);
        }
        lock.lock();
        try {
            enter(JsonProgress.Phase.SENT);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Bytes encode(Bytes whole) {
        return JsonCodec.encode(new JsonMessage.Request(id, headWith(whole), whole));
    }

    /** Another limit counts from now on. */
    private void enter(JsonProgress.Phase next) {
        progress.enter(next);
        changed.signalAll();
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
            enter(JsonProgress.Phase.WAITING);
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** What its client was answered already must not be written. */
    @Override
    public void begins() throws ExchangeException {
        lock.lock();
        try {
            throwIfFailed();
            enter(JsonProgress.Phase.WRITING);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ResponseHead receiveHead() throws ExchangeException, InterruptedException {
        lock.lock();
        try {
            while (answerHead == null && failure == null) {
                long left = progress.leftNanos();
                if (left <= 0) {
                    throw fail(progress.late());
                }
                changed.awaitNanos(progress.stepNanos(left));
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
        boolean bodiless = !JsonAnswerHead.mayHaveBody(head.method(), responseHead.status());
        Bytes kept = bodiless ? Bytes.EMPTY : responseBody;
        lock.lock();
        try {
            if (over || !progress.isHandedOver()) { // an answer to what was not asked
                return;
            }
            if (!budget.tryReserve(kept.length())) {
                fail(JsonFailures.outOfBudget());
                return;
            }
            answerHead = JsonAnswerHead.of(responseHead, head.method(), kept.length());
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
            if (progress.isHandedOver()) {
                fail(reason);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The link has ended. */
    void linkLost() {
        lock.lock();
        try {
            fail(progress.isHandedOver() ? JsonFailures.lost() : JsonFailures.notConnected());
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
        if (!progress.isHandedOver()) {
            turn.giveUp();
        }
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
