package io.cloudtunnel.server.front;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What Helidon's HTTP/2 does not tell about a request's stream: that it is over, which leaves a
 * thread that reads from it waiting for ever. So whoever waits in Helidon's code is interrupted.
 *
 * <p>Safe for use by several threads.
 */
public final class StreamWatch {

    private static final ThreadLocal<@Nullable StreamWatch> CURRENT = new ThreadLocal<>();

    private final boolean withoutBody;
    private final Runnable discard;
    private final ReentrantLock lock = new ReentrantLock(); // guards what follows
    private final Set<Thread> inside = new HashSet<>(); // two at most
    private @Nullable Runnable onOver;
    private boolean over;

    /**
     * A stream that begins.
     *
     * @param discard sees to it that what still comes of the request's body is dropped
     */
    public StreamWatch(boolean withoutBody, Runnable discard) {
        this.withoutBody = withoutBody;
        this.discard = discard;
    }

    boolean withoutBody() {
        return withoutBody;
    }

    /** What is left of the request's body is not read. */
    void discard() {
        discard.run();
    }

    /** Nobody waits for the response any more. */
    public void end() {
        Runnable action;
        lock.lock();
        try {
            over = true;
            action = onOver;
            onOver = null;
            inside.forEach(Thread::interrupt);
        } finally {
            lock.unlock();
        }
        if (action != null) {
            action.run();
        }
    }

    void onOver(Runnable action) {
        boolean already;
        lock.lock();
        try {
            already = over;
            onOver = already ? null : action;
        } finally {
            lock.unlock();
        }
        if (already) {
            action.run();
        }
    }

    /** Code of Helidon. */
    interface Action {
        void run() throws IOException;
    }

    /**
     * Runs code of Helidon, which has exceptions of its own for a client that is gone.
     *
     * @throws IOException if the client is gone, also where that looked like the end of a body
     */
    void run(Action action) throws IOException {
        boolean goesOn = false;
        enter();
        try {
            action.run();
        } catch (RuntimeException e) {
            throw new IOException("the client is gone", e);
        } finally {
            goesOn = leave();
        }
        if (!goesOn) {
            throw new IOException("the client is gone");
        }
    }

    /** From now on this thread may be interrupted, until {@link #leave}. */
    private void enter() throws IOException {
        lock.lock();
        try {
            if (over) {
                throw new IOException("the stream is over");
            }
            inside.add(Thread.currentThread());
            CURRENT.set(this);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The end of what {@link #enter} began.
     *
     * @return whether the stream goes on
     */
    private boolean leave() {
        lock.lock();
        try {
            CURRENT.remove();
            inside.remove(Thread.currentThread());
            if (over) {
                Thread.interrupted(); // it was for what has been left
            }
            return !over;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs what may not be interrupted: in the midst of writing to a socket, that would close the
     * connection with all its other streams.
     */
    public static void shield(Runnable action) {
        StreamWatch watch = CURRENT.get();
        if (watch == null) {
            action.run();
            return;
        }
        watch.step(false);
        try {
            action.run();
        } finally {
            watch.step(true);
        }
    }

    private void step(boolean inwards) {
        Thread thread = Thread.currentThread();
        lock.lock();
        try {
            if (!inwards) {
                inside.remove(thread);
                if (over) {
                    Thread.interrupted();
                }
            } else if (over) {
                thread.interrupt();
            } else {
                inside.add(thread);
            }
        } finally {
            lock.unlock();
        }
    }
}
