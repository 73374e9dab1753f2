package io.cloudtunnel.protocol.session;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the exchanges of a session, up to a limit. Safe for use by several threads. */
final class Admission {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();
    private volatile int inside; // written with the lock held

    /** Lets one in, or throws TOO_MANY_STREAMS. */
    void enter(int most) throws ExchangeException {
        lock.lock();
        try {
            if (inside >= most) {
                throw new ExchangeException(
                        ErrorCode.TOO_MANY_STREAMS,
                        "the agent has as many requests open as it may have (" + most + ")");
            }
            int now = inside + 1;
            inside = now;
        } finally {
            lock.unlock();
        }
    }

    /** Lets one in if there is room. */
    boolean tryEnter(int most) {
        lock.lock();
        try {
            boolean room = inside < most;
            int now = inside + (room ? 1 : 0);
            inside = now;
            return room;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            int now = inside - 1;
            inside = now;
            if (now == 0) {
                none.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many are inside; asked for with each choice of a link, so it takes no lock. */
    int inside() {
        return inside;
    }

    /** Waits until nobody is inside, but not for longer; says whether that came true. */
    boolean awaitNone(Duration atMost) throws InterruptedException {
        long nanos = atMost.toNanos();
        lock.lock();
        try {
            while (inside > 0) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = none.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
