package io.cloudtunnel.it.cloudrun;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A process that serves, as the front end sees it. Safe for use by several threads. */
class Instance {

    private final String name;
    private final int port;
    private final ReentrantLock lock = new ReentrantLock(); // guards requests
    private final Condition idle = lock.newCondition();
    private int requests;
    private volatile long killedNanos;

    Instance(String name, int port) {
        this.name = name;
        this.port = port;
    }

    int port() {
        return port;
    }

    void began() {
        add(1);
    }

    void ended() {
        add(-1);
    }

    private void add(int count) {
        lock.lock();
        try {
            requests += count;
            if (requests == 0) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it has no request, WebSockets among them: each has its end. */
    void awaitIdle() throws InterruptedException {
        lock.lock();
        try {
            while (requests > 0) {
                idle.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** It gets SIGKILL now: what it has not answered yet, it never will. */
    void killed() {
        killedNanos = System.nanoTime();
    }

    /** Whether it got SIGKILL before then. */
    boolean wasKilledBefore(long nanos) {
        return killedNanos != 0 && killedNanos - nanos < 0;
    }

    /** When that was; 0 where it was not. */
    long killedNanos() {
        return killedNanos;
    }

    boolean wasKilled() {
        return killedNanos != 0;
    }

    @Override
    public String toString() {
        return name;
    }
}
