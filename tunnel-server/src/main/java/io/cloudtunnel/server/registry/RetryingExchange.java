package io.cloudtunnel.server.registry;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.MemoryBudget;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A request that is sent again on another link, once at most, where docs/protocol.md, 8.5, allows
 * it. Until something of an answer has come it keeps the body ({@link KeptBody}).
 *
 * <p>One thread does so: the one that sends, if it finds the failure in the midst of sending;
 * otherwise the one that receives, since the other one may wait for the client, which may wait for
 * an answer. Meanwhile whoever has more to send waits, and then goes on where the request is now.
 */
final class RetryingExchange implements TunnelExchange {

    private final TunnelUpstream tunnel;
    private final MemoryBudget budget;
    private final RequestHead head;
    private final long bodyLength;

    private volatile Exchange current; // written with the monitor held

    // Guarded by this, which is held for memory only:
    private Attempt attempt;
    private TunnelLink link;
    private boolean settled; // an answer began, or the body is not wanted
    private KeptBody kept; // while it may be sent again
    private boolean inside; // the thread that sends is at it
    private @Nullable Fields trailers; // once the request has ended
    private @Nullable ExchangeException failure;
    private Bridge.@Nullable Wait waiting;
    private @Nullable CountDownLatch change; // made by the thread that waits for the other one

    private enum Attempt {
        FIRST,
        BETWEEN,
        SECOND
    }

    /**
     * Opens a request on a link.
     *
     * @param isSecond whether another link could not be had before
     */
    RetryingExchange(
            TunnelUpstream tunnel,
            MemoryBudget budget,
            RequestHead head,
            long bodyLength,
            TunnelLink link,
            boolean isSecond)
            throws ExchangeException, InterruptedException {
        this.tunnel = tunnel;
        this.budget = budget;
        this.head = head;
        this.bodyLength = bodyLength;
        this.link = link;
        this.kept = new KeptBody(budget);
        this.attempt = isSecond ? Attempt.SECOND : Attempt.FIRST;
        this.current = link.open(head, bodyLength);
    }

    // ---- The thread that sends.

    @Override
    public boolean send(Bytes piece) throws ExchangeException, InterruptedException {
        Exchange on = enter(piece);
        try {
            boolean wanted = sendOrSendAgain(on, piece);
            if (!wanted) {
                settle(); // nobody wants the rest, which is known of this agent only
            }
            return wanted;
        } finally {
            leave();
        }
    }

    private boolean sendOrSendAgain(Exchange on, Bytes piece)
            throws ExchangeException, InterruptedException {
        try {
            return on.send(piece);
        } catch (ExchangeException e) {
            claim(e);
            return sendAgain(on, e);
        }
    }

    /** Where to send; waits while the other thread sends again. A failure is found here then. */
    private Exchange enter(@Nullable Bytes piece) throws ExchangeException, InterruptedException {
        while (true) {
            CountDownLatch latch;
            synchronized (this) {
                if (attempt != Attempt.BETWEEN) {
                    inside = true;
                    if (piece != null && attempt == Attempt.FIRST && !settled && failure == null) {
                        kept.add(piece);
                    }
                    return current;
                }
                if (failure != null) {
                    throw failure;
                }
                latch = change();
            }
            latch.await(); // the thread that sends again has deadlines, and ends or fails
        }
    }

    private synchronized void leave() {
        inside = false;
        signal();
    }

    @Override
    public void endRequest(Fields last) throws ExchangeException, InterruptedException {
        Exchange on = enter(null);
        try {
            ExchangeException failed = null;
            try {
                on.endRequest(last);
            } catch (ExchangeException e) {
                claim(e);
                failed = e;
            }
            synchronized (this) {
                trailers = last;
            }
            if (failed != null) {
                boolean ignored = sendAgain(on, failed);
            }
        } finally {
            leave();
        }
    }

    // ---- The thread that receives.

    @Override
    public ResponseHead receiveHead() throws ExchangeException, InterruptedException {
        while (true) {
            Exchange on = current;
            try {
                ResponseHead answer = on.receiveHead();
                settle();
                return answer;
            } catch (ExchangeException e) {
                if (claimUnlessSending(on, e)) {
                    boolean ignored = sendAgain(on, e);
                }
            }
        }
    }

    @Override
    public @Nullable Bytes receive() throws ExchangeException, InterruptedException {
        return current.receive();
    }

    @Override
    public int readyBytes() {
        return current.readyBytes();
    }

    @Override
    public Fields responseTrailers() {
        return current.responseTrailers();
    }

    // ---- Any thread.

    @Override
    public synchronized String agent() {
        return link.agent();
    }

    @Override
    public synchronized boolean wasSentAgain() {
        return attempt == Attempt.SECOND;
    }

    @Override
    public void cancel(ExchangeException reason) {
        Exchange on;
        Bridge.Wait wait;
        synchronized (this) {
            if (failure == null) {
                failure = reason;
            }
            on = current;
            wait = waiting;
            kept.drop();
            signal();
        }
        if (wait != null) {
            wait.cancel();
        }
        on.cancel(reason);
    }

    // ---- Sending again.

    /** The caller sends again; throws the failure if nobody may. */
    private synchronized void claim(ExchangeException why) throws ExchangeException {
        if (!mayBeClaimed(why)) {
            throw why;
        }
        attempt = Attempt.BETWEEN;
    }

    private boolean mayBeClaimed(ExchangeException why) {
        return attempt == Attempt.FIRST
                && !settled
                && !kept.isIncomplete()
                && failure == null
                && SendingAgain.isAllowed(why, head, bodyLength);
    }

    /**
     * For the thread that receives.
     *
     * @return whether it is the one to send again; otherwise the other one has done so
     */
    private boolean claimUnlessSending(Exchange on, ExchangeException why)
            throws ExchangeException, InterruptedException {
        while (true) {
            CountDownLatch latch;
            synchronized (this) {
                if (!current.equals(on)) {
                    return false;
                }
                if (failure != null) {
                    throw failure;
                }
                boolean theirs = attempt == Attempt.BETWEEN || (inside && mayBeClaimed(why));
                if (!theirs) {
                    claim(why);
                    return true;
                }
                latch = change();
            }
            latch.await(); // it is at it, and so has a deadline: it sends again, fails or leaves
        }
    }

    /** Returns false if the body is not wanted. */
    private boolean sendAgain(Exchange failed, ExchangeException why)
            throws ExchangeException, InterruptedException {
        try {
            failed.cancel(why); // it has failed: this frees what it holds
            Exchange next = openElsewhere(why);
            KeptBody body;
            Fields end;
            ExchangeException late;
            synchronized (this) {
                late = failure;
                current = next;
                body = kept;
                kept = new KeptBody(budget); // which stays empty
                end = trailers;
                signal(); // who receives goes on there; who sends waits for its turn
            }
            try {
                if (late != null) { // it was cancelled meanwhile
                    next.cancel(late);
                    throw late;
                }
                return SendingAgain.replay(next, body.pieces(), end);
            } finally {
                body.drop();
                sentAgain();
            }
        } catch (ExchangeException e) {
            throw fail(e);
        } catch (InterruptedException e) {
            fail(why);
            throw e;
        }
    }

    private synchronized void sentAgain() {
        attempt = Attempt.SECOND;
        signal();
    }

    private Exchange openElsewhere(ExchangeException why)
            throws ExchangeException, InterruptedException {
        TunnelLink other = tunnel.another(head, bodyLength, link, why, this::waits);
        if (other == null) {
            throw why;
        }
        synchronized (this) {
            link = other;
        }
        try {
            return other.open(head, bodyLength);
        } catch (ExchangeException e) { // of both failures the one that leaves less certain
            throw why.isUntouched() ? e : why;
        }
    }

    private void waits(Bridge.Wait wait) {
        boolean late;
        synchronized (this) {
            waiting = wait;
            late = failure != null;
        }
        if (late) {
            wait.cancel();
        }
    }

    /** It can be sent again no more. */
    private synchronized void settle() {
        settled = true;
        kept.drop();
        signal();
    }

    private synchronized ExchangeException fail(ExchangeException reason) {
        if (failure == null) {
            failure = reason;
        }
        kept.drop();
        signal();
        return failure;
    }

    private CountDownLatch change() {
        if (change == null) {
            change = new CountDownLatch(1);
        }
        return change;
    }

    private void signal() {
        if (change != null) {
            change.countDown();
            change = null;
        }
    }
}
