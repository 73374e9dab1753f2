package io.cloudtunnel.server.registry;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.MemoryBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A request that is sent again on another link, once at most, where docs/protocol.md, 8.5, allows
 * it. Until something of an answer has come it keeps up to 64 KiB of the body, within the memory
 * budget.
 *
 * <p>Only the thread that sends does so while it has something to send, and only the one that
 * receives afterwards: so it is never two.
 */
final class RetryingExchange implements TunnelExchange {

    static final int MOST_KEPT = 64 * 1024;

    private final TunnelUpstream tunnel;
    private final MemoryBudget budget;
    private final RequestHead head;
    private final long bodyLength;

    private volatile Exchange current; // written with the monitor held

    // Guarded by this, which is held for memory only:
    private Attempt attempt;
    private TunnelLink link;
    private boolean settled; // an answer began, or the body is not wanted
    private @Nullable List<Bytes> kept; // up to MOST_KEPT, while it may be sent again
    private int keptBytes;
    private boolean incomplete; // more was sent than is kept
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
        this.attempt = isSecond ? Attempt.SECOND : Attempt.FIRST;
        this.current = link.open(head, bodyLength);
    }

    // ---- The thread that sends.

    @Override
    public boolean send(Bytes piece) throws ExchangeException, InterruptedException {
        Exchange on = keep(piece);
        try {
            if (on.send(piece)) {
                return true;
            }
        } catch (ExchangeException e) {
            claim(e);
            if (sendAgain(on, e)) {
                return true;
            }
        }
        settle(); // nobody wants the rest, which is known of this agent only
        return false;
    }

    private synchronized Exchange keep(Bytes piece) {
        if (attempt != Attempt.FIRST || settled || incomplete || failure != null) {
            return current;
        }
        if (keptBytes + piece.length() > MOST_KEPT || !tryReserve(piece.length())) {
            incomplete = true;
            drop();
            signal();
            return current;
        }
        keptBytes += piece.length();
        if (kept == null) {
            kept = new ArrayList<>(1);
        }
        kept.add(piece);
        return current;
    }

    /** The last quarter is for what cannot be done without. */
    private boolean tryReserve(int bytes) {
        return budget.usedBytes() + bytes <= budget.limitBytes() / 4 * 3
                && budget.tryReserve(bytes);
    }

    @Override
    public void endRequest(Fields last) throws ExchangeException, InterruptedException {
        Exchange on = current;
        ExchangeException failed = null;
        try {
            on.endRequest(last);
        } catch (ExchangeException e) {
            claim(e);
            failed = e;
        }
        synchronized (this) {
            trailers = last;
            signal();
        }
        if (failed != null) {
            boolean ignored = sendAgain(on, failed);
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
                if (claimAfterSending(on, e)) {
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
            drop();
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
                && !incomplete
                && failure == null
                && SendingAgain.isAllowed(why, head, bodyLength);
    }

    /**
     * For the thread that receives.
     *
     * @return whether it is the one to send again; otherwise the other one has done so
     */
    private boolean claimAfterSending(Exchange on, ExchangeException why)
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
                boolean sending = trailers == null && !isUpgrade();
                if (attempt != Attempt.BETWEEN && !(sending && mayBeClaimed(why))) {
                    claim(why);
                    return true;
                }
                if (change == null) {
                    change = new CountDownLatch(1);
                }
                latch = change;
            }
            latch.await(); // the thread that sends has deadlines, and ends or cancels
        }
    }

    /** Then the request does not end before its answer. */
    private boolean isUpgrade() {
        return bodyLength == 0 && head.fields().contains("Upgrade");
    }

    /** Returns false if the body is not wanted. */
    private boolean sendAgain(Exchange failed, ExchangeException why)
            throws ExchangeException, InterruptedException {
        try {
            failed.cancel(why); // it has failed: this frees what it holds
            Exchange next = openElsewhere(why);
            List<Bytes> pieces;
            int bytes;
            Fields end;
            ExchangeException late;
            synchronized (this) {
                late = failure;
                current = next;
                attempt = Attempt.SECOND;
                pieces = kept == null ? List.of() : kept;
                bytes = keptBytes;
                kept = null;
                keptBytes = 0;
                end = trailers;
                signal();
            }
            try {
                if (late != null) { // it was cancelled meanwhile
                    next.cancel(late);
                    throw late;
                }
                return SendingAgain.replay(next, pieces, end);
            } finally {
                budget.release(bytes);
            }
        } catch (ExchangeException e) {
            throw fail(e);
        } catch (InterruptedException e) {
            fail(why);
            throw e;
        }
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
        drop();
        signal();
    }

    private synchronized ExchangeException fail(ExchangeException reason) {
        if (failure == null) {
            failure = reason;
        }
        drop();
        signal();
        return failure;
    }

    private void drop() {
        kept = null;
        budget.release(keptBytes);
        keptBytes = 0;
    }

    private void signal() {
        if (change != null) {
            change.countDown();
            change = null;
        }
    }
}
