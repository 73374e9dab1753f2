package io.cloudtunnel.agent.inspect;

import io.cloudtunnel.protocol.frame.RequestHead;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The last requests; the oldest gives way. Safe for use by several threads. */
final class Captures {

    /** So many are kept. */
    static final int MOST = 50;

    /** So many may wait for news at a time. */
    static final int MOST_WAITING = 8;

    /** All that is kept at a moment, the newest first. */
    record View(long version, List<Capture> all) {}

    private final ReentrantLock lock = new ReentrantLock(); // held for memory only
    private final Condition news = lock.newCondition();
    private final Deque<Capture> kept = new ArrayDeque<>(MOST);
    private long last;
    private long version = System.currentTimeMillis(); // so that a page sees that we are new
    private int waiting;
    private boolean closed;

    /** Keeps a request that begins now. */
    Capture begin(RequestHead head, long bodyLength, long again) {
        lock.lock();
        try {
            Capture capture = new Capture(++last, head, bodyLength, again);
            if (kept.size() == MOST) {
                kept.removeLast();
            }
            kept.addFirst(capture);
            changed();
            return capture;
        } finally {
            lock.unlock();
        }
    }

    /** Something of one of them is new. */
    void changed() {
        lock.lock();
        try {
            version++;
            if (waiting > 0) {
                news.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** One of them; null if it is not kept any more. */
    @Nullable Capture find(long number) {
        lock.lock();
        try {
            for (Capture each : kept) {
                if (each.number() == number) {
                    return each;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * All of them. Waits for another version than this one, but not for longer, and not where as
     * many wait as may.
     */
    View view(long after, long atMostNanos) throws InterruptedException {
        lock.lock();
        try {
            long left = waiting < MOST_WAITING ? atMostNanos : 0;
            waiting++;
            try {
                while (version == after && left > 0 && !closed) {
                    left = news.awaitNanos(left);
                }
            } finally {
                waiting--;
            }
            return new View(version, List.copyOf(kept));
        } finally {
            lock.unlock();
        }
    }

    /** The same, of 20 s. */
    View view(long after) throws InterruptedException {
        return view(after, TimeUnit.SECONDS.toNanos(20));
    }

    /** How many wait, for tests. */
    int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all; what is on its way is not shown any more. */
    void clear() {
        lock.lock();
        try {
            kept.clear();
            changed();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody waits any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            kept.clear();
            changed();
        } finally {
            lock.unlock();
        }
    }
}
