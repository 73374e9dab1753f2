package io.cloudtunnel.server.front;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the public requests in progress, so that a server can leave without cutting any. */
public final class Drain {

    private static final long LONG_AGO = TimeUnit.HOURS.toNanos(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private int running;
    private volatile long lastNanos = System.nanoTime() - LONG_AGO; // when passing() was called
    private volatile boolean draining;

    void enter() {
        lock.lock();
        try {
            running++;
        } finally {
            lock.unlock();
        }
    }

    /** How many requests are in progress. */
    public int running() {
        lock.lock();
        try {
            return running;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            running--;
            if (running == 0) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A request goes to a tunnel now. */
    void passing() {
        lastNanos = System.nanoTime();
    }

    /** Waits until no request went to a tunnel for so long, but no longer than that. */
    public void awaitQuiet(Duration quiet, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        lock.lock();
        try {
            long left = leftOf(quiet, end);
            while (left > 0) {
                long ignored = idle.awaitNanos(left);
                left = leftOf(quiet, end);
            }
        } finally {
            lock.unlock();
        }
    }

    private long leftOf(Duration quiet, long end) {
        long now = System.nanoTime();
        return Math.min(lastNanos + quiet.toNanos() - now, end - now);
    }

    /** From now on the server is leaving. */
    public void begin() {
        draining = true;
    }

    /** Whether the server is leaving. */
    public boolean isDraining() {
        return draining;
    }

    /** Waits until no request is in progress, but not for longer; says whether that came true. */
    public boolean awaitIdle(Duration atMost) throws InterruptedException {
        long nanos = TimeUnit.NANOSECONDS.convert(atMost);
        lock.lock();
        try {
            while (running > 0) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = idle.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
