package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.http.HttpException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What Helidon's HTTP/2 does not tell about a request's stream: that it is over, which leaves a
 * thread that reads from it waiting for ever, as does a client that sends nothing. So whoever waits
 * in Helidon's code is interrupted, before there is a handler as well as in a read or a write of
 * one; but not the handler itself.
 *
 * <p>Safe for use by several threads.
 */
public final class StreamWatch {

    private static final ThreadLocal<@Nullable StreamWatch> CURRENT = new ThreadLocal<>();

    private final boolean withoutBody;
    private final Runnable discard;
    private final BodyPace pace;
    private final ReentrantLock lock = new ReentrantLock(); // guards what follows
    private final Set<Thread> inside = new HashSet<>(); // two at most
    private @Nullable Runnable onOver;
    private @Nullable Thread reader; // of the body, while it has a deadline
    private long readBy; // System.nanoTime(), while there is a reader
    private boolean over;
    private volatile boolean late; // so is written with the lock

    /**
     * A stream that begins.
     *
     * @param discard sees to it that what still comes of the request's body is dropped
     * @param pace what its client may take its time for
     */
    public StreamWatch(boolean withoutBody, Runnable discard, BodyPace pace) {
        this.withoutBody = withoutBody;
        this.discard = discard;
        this.pace = pace;
    }

    boolean withoutBody() {
        return withoutBody;
    }

    /** What is left of the request's body is not read. */
    void discard() {
        discard.run();
    }

    /** From now on the request's body may pause. */
    void answering() {
        pace.answering();
    }

    /** Whether the client has sent its body too slowly: what looks like its end is none. */
    boolean tooSlow() {
        return late;
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

    /** Interrupts a read that takes too long. */
    public void look(long nowNanos) {
        lock.lock();
        try {
            Thread slow = reader;
            if (slow != null && nowNanos - readBy >= 0) {
                late = true;
                if (inside.contains(slow)) {
                    slow.interrupt();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Runs a request. Afterwards nobody is left who reads of it. */
    public void serve(Runnable request) {
        goOn(Thread.currentThread());
        CURRENT.set(this);
        try {
            request.run();
        } finally {
            CURRENT.remove();
            pause(Thread.currentThread());
            onOver(() -> {}); // it has been answered
            end();
        }
    }

    /**
     * A handler begins, within {@link #serve}. It is not interrupted, nor what comes behind it:
     * that waits for nothing that {@link RoutedBodies} has left, and may have to reset the stream.
     */
    void handle() {
        CURRENT.remove();
        pause(Thread.currentThread());
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

    /** Code of Helidon that reads a body; how much came, -1 at its end. */
    interface Reading {
        int read() throws IOException;
    }

    /**
     * Reads of the request's body. One thread at a time does.
     *
     * @throws HttpException (408) if the client is too slow
     * @throws IOException if it is gone
     */
    int read(Reading reading) throws IOException {
        if (equals(CURRENT.get())) { // within another read
            return reading.read();
        }
        long began = System.nanoTime();
        int[] count = new int[1];
        readBy(Thread.currentThread(), began + pace.patience().toNanos());
        IOException gone = null;
        try {
            run(() -> count[0] = reading.read());
        } catch (IOException e) {
            gone = e;
        } finally {
            readBy(null, 0);
        }
        if (late) {
            throw new HttpException(408, "the request's body came too slowly");
        }
        if (gone != null) {
            throw gone;
        }
        pace.came(count[0], System.nanoTime() - began);
        return count[0];
    }

    private void readBy(@Nullable Thread thread, long nanos) {
        lock.lock();
        try {
            reader = thread;
            readBy = nanos;
        } finally {
            lock.unlock();
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
            pause(Thread.currentThread());
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
        watch.pause(Thread.currentThread());
        try {
            action.run();
        } finally {
            watch.goOn(Thread.currentThread());
        }
    }

    /** This thread may not be interrupted. */
    private void pause(Thread thread) {
        lock.lock();
        try {
            inside.remove(thread);
            if (isInterrupted(thread)) {
                Thread.interrupted(); // it was for what has been left
            }
        } finally {
            lock.unlock();
        }
    }

    /** It may, and is if it should have been. */
    private void goOn(Thread thread) {
        lock.lock();
        try {
            inside.add(thread);
            if (isInterrupted(thread)) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isInterrupted(Thread thread) {
        return over || (late && thread.equals(reader));
    }
}
