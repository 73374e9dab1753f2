package io.cloudtunnel.server.connection;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A client's input, of which a second thread may read ahead to learn whether the client leaves.
 * What it has read is given out first. Whoever reads waits for that thread only where nothing is
 * there: a request that has come already never waits for the bytes behind it. For one thread that
 * reads, and one that reads ahead.
 */
final class WatchedInput extends InputStream {

    /** What a client may send ahead and still be watched, in bytes: a request or two. */
    private static final int AHEAD_BYTES = 4 * 1024;

    private final InputStream in;
    private final ReentrantLock lock = new ReentrantLock(); // guards what follows, not over reads
    private final Condition changed = lock.newCondition();
    private byte @Nullable [] ahead; // null while nothing was read ahead
    private int from;
    private int to;
    private boolean reading; // one of the two is at the socket
    private boolean ended;
    private @Nullable IOException failure;

    WatchedInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int there = takeAhead(target, offset, length);
        if (there != 0) {
            return there;
        }
        try {
            return in.read(target, offset, length);
        } finally {
            leaveSocket();
        }
    }

    private void leaveSocket() {
        lock.lock();
        try {
            reading = false;
        } finally {
            lock.unlock();
        }
    }

    /** What was read ahead; -1 at the end; 0 where the caller has to read, and no other does. */
    private int takeAhead(byte[] target, int offset, int length) throws IOException {
        lock.lock();
        try {
            while (reading && from == to) {
                changed.await();
            }
            if (ahead != null && from < to) {
                int count = Math.min(length, to - from);
                System.arraycopy(ahead, from, target, offset, count);
                from += count;
                releaseIfTaken();
                return count;
            }
            if (failure != null) {
                throw failure;
            }
            if (ended) {
                return -1;
            }
            reading = true;
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a client was awaited");
        } finally {
            lock.unlock();
        }
    }

    private void releaseIfTaken() {
        if (!reading && from == to) {
            ahead = null;
            from = 0;
            to = 0;
        }
    }

    @Override
    public int available() throws IOException {
        lock.lock();
        try {
            return from < to ? to - from : in.available();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reads ahead once; waits for the next byte, or the end.
     *
     * @return false if nothing can be read ahead now
     * @throws EOFException if the input has ended
     * @throws IOException if it has failed; whoever reads learns of it, too, behind what had come
     */
    boolean readAhead() throws IOException {
        byte[] buffer;
        int at;
        lock.lock();
        try {
            if (failure != null) {
                throw failure;
            }
            if (ended) {
                throw new EOFException("the client has gone");
            }
            if (reading || to == AHEAD_BYTES) {
                return false;
            }
            buffer = ahead == null ? new byte[AHEAD_BYTES] : ahead;
            ahead = buffer;
            at = to;
            reading = true;
        } finally {
            lock.unlock();
        }
        int count = -1;
        IOException failed = null;
        try {
            count = in.read(buffer, at, AHEAD_BYTES - at);
        } catch (IOException e) {
            failed = e;
        }
        return arrived(count, failed);
    }

    private boolean arrived(int count, @Nullable IOException failed) throws IOException {
        lock.lock();
        try {
            reading = false;
            to += Math.max(0, count);
            ended = failed == null && count < 0;
            failure = failed;
            releaseIfTaken();
            changed.signal();
        } finally {
            lock.unlock();
        }
        if (failed != null) {
            throw failed;
        }
        if (count < 0) {
            throw new EOFException("the client has gone");
        }
        return true;
    }
}
