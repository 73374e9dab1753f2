package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A body on its way from one thread to another: at most one piece waits in between. Each wait ends
 * when the other side moves on, or by {@link #fail}, which is for any thread.
 */
final class Handover {

    private final ReentrantLock lock = new ReentrantLock(); // held over memory and waits for change
    private final Condition changed = lock.newCondition();
    private @Nullable Bytes waiting;
    private boolean ended;
    private boolean unwanted;
    private @Nullable ExchangeException failure;

    /**
     * Hands a piece over, once the one before it was taken.
     *
     * @return false if no more is wanted, and this piece was dropped
     */
    boolean put(Bytes piece) throws ExchangeException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting != null && !unwanted && failure == null) {
                changed.await();
            }
            throwIfFailed();
            if (!unwanted && !piece.isEmpty()) {
                waiting = piece;
                changed.signalAll();
            }
            return !unwanted;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing follows. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the next piece; null at the end. */
    @Nullable Bytes take() throws ExchangeException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting == null && !ended && failure == null) {
                changed.await();
            }
            throwIfFailed();
            Bytes piece = waiting;
            waiting = null;
            changed.signalAll();
            return piece;
        } finally {
            lock.unlock();
        }
    }

    /** What can be taken without waiting, in bytes. */
    int ready() {
        lock.lock();
        try {
            return waiting == null ? 0 : waiting.length();
        } finally {
            lock.unlock();
        }
    }

    /** No more is taken; what waits is dropped. */
    void refuse() {
        lock.lock();
        try {
            unwanted = true;
            waiting = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isRefused() {
        lock.lock();
        try {
            return unwanted;
        } finally {
            lock.unlock();
        }
    }

    /** Every call that waits, and every later one, throws this; what waits is dropped. */
    void fail(ExchangeException reason) {
        lock.lock();
        try {
            failure = reason;
            waiting = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void throwIfFailed() throws ExchangeException {
        if (failure != null) {
            throw failure;
        }
    }
}
