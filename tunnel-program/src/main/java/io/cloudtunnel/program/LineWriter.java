package io.cloudtunnel.program;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;

/**
 * Writes lines to a stream from a thread of its own, as many with one call as there are by then.
 *
 * <p>A line that comes alone is written at once; under load a call is made every {@value
 * #PAUSE_MILLIS} ms. At most two buffers of {@value #CAPACITY} bytes are held: one that is being
 * written, one that fills. A caller that finds it full waits, but not for long: a stream that takes
 * nothing must not stop what is logged about. Then lines are dropped, and a line tells how many.
 *
 * <p>Safe for use by several threads; the lines of one keep their order. Lines stay whole.
 */
final class LineWriter implements AutoCloseable {

    /** The longest line, and the bytes of a buffer. */
    static final int CAPACITY = 256 * 1024;

    /** Between two writes under load. */
    static final long PAUSE_MILLIS = 2;

    private final PrintStream out;
    private final Duration patience;
    private final LongFunction<byte[]> dropNotice;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition progress = lock.newCondition();

    // All below is guarded by the lock, which is never held over a write.
    private byte[] filling = new byte[CAPACITY];
    private byte[] other = new byte[CAPACITY];
    private int length;
    private long appended;
    private long written;
    private long dropped;
    private boolean stuck; // a caller has waited in vain since the writer last took a buffer
    private boolean idle;
    private boolean urgent;
    private boolean ending;
    private boolean closed;

    /**
     * Starts writing to a stream.
     *
     * @param out what is written to; flushed after each write, not closed
     * @param patience how long a caller waits for room
     * @param dropNotice makes the line that says how many lines were dropped
     */
    LineWriter(PrintStream out, Duration patience, LongFunction<byte[]> dropNotice) {
        this.out = out;
        this.patience = patience;
        this.dropNotice = dropNotice;
        // A platform thread: it blocks in writes, which would take a carrier from virtual ones.
        Thread.ofPlatform().daemon().name("tunnel-log-writer").start(this::run);
    }

    /**
     * Takes a line, with its line feed. Waits for room for as long as its patience; drops the line
     * where there is none, and where it is longer than {@link #CAPACITY}.
     *
     * @param prompt whether the line must not wait until the pause between two writes is over
     */
    void append(byte[] line, boolean prompt) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (!awaitRoom(line.length)) {
                dropped++;
                return;
            }
            copy(line);
            boolean wake = !urgent && (prompt || ending || length >= CAPACITY / 2);
            urgent |= wake;
            if (idle || wake) {
                idle = false;
                work.signal();
            }
            if (ending && !stuck) {
                stuck = !awaitWritten(appended, patience);
            }
        } finally {
            lock.unlock();
        }
    }

    private void copy(byte[] line) {
        System.arraycopy(line, 0, filling, length, line.length);
        length += line.length;
        appended += line.length;
    }

    private boolean awaitRoom(int bytes) {
        long left = patience.toNanos();
        while (length + bytes > CAPACITY) {
            if (stuck || closed || bytes > CAPACITY) {
                return false;
            }
            left = await(progress, left);
            if (left <= 0 && length + bytes > CAPACITY) {
                stuck = true;
                progress.signalAll();
            }
        }
        return true;
    }

    private boolean awaitWritten(long target, Duration limit) {
        long left = limit.toNanos();
        while (written < target && left > 0) {
            left = await(progress, left);
        }
        return written >= target;
    }

    /** Waits, an interrupted thread too: its lines count like others. Returns what is left. */
    private static long await(Condition condition, long nanos) {
        long end = System.nanoTime() + nanos;
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return condition.awaitNanos(end - System.nanoTime());
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits until the lines taken so far have been written, or for as long as the limit. */
    void flush(Duration limit) {
        lock.lock();
        try {
            hurry();
            awaitWritten(appended, limit);
        } finally {
            lock.unlock();
        }
    }

    /**
     * From now on {@link #append} returns when its line has been written: the JVM is about to end,
     * and does not wait for this writer's thread. Waits for the lines before, as {@link #flush}.
     */
    void writeThrough(Duration limit) {
        lock.lock();
        try {
            ending = true;
            hurry();
            awaitWritten(appended, limit);
        } finally {
            lock.unlock();
        }
    }

    private void hurry() {
        urgent = true;
        idle = false;
        work.signal();
    }

    /** Takes no more lines. The thread ends when it has written what was taken. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            hurry();
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        int size = 0;
        while (true) {
            byte[] lines;
            lock.lock();
            try {
                written += size;
                progress.signalAll();
                pause(size > 0);
                if (length == 0) {
                    return;
                }
                size = length;
                lines = swap();
            } finally {
                lock.unlock();
            }
            out.write(lines, 0, size);
            out.flush();
        }
    }

    /** Waits until there is something to write, and between two writes. */
    private void pause(boolean between) {
        long left = between ? TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS) : 0;
        while (left > 0 && !urgent && !ending && !closed) {
            left = await(work, left);
        }
        while (length == 0 && !closed) {
            idle = true;
            urgent = false;
            work.awaitUninterruptibly();
        }
        idle = false;
        urgent = false;
    }

    private byte[] swap() {
        byte[] full = filling;
        filling = other;
        other = full;
        length = 0;
        stuck = false;
        if (dropped > 0) {
            copy(dropNotice.apply(dropped)); // where the lines that it counts would stand
            dropped = 0;
        }
        progress.signalAll();
        return full;
    }
}
