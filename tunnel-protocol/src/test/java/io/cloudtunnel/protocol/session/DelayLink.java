package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One end of a link on which each message takes its time; in order, and with a bound. */
final class DelayLink implements Link {

    /** Both ends. */
    record Pair(DelayLink server, DelayLink agent) {}

    private record OnItsWay(Message message, long dueNanos) {}

    private final Shared shared;
    private final ArrayDeque<OnItsWay> in;
    private final ArrayDeque<OnItsWay> out;
    private final LongSupplier delayNanos;
    private final int capacity;
    private long lastDue;
    private volatile long bytesReceived; // written with the lock held

    /** What both ends see. */
    private static final class Shared {
        private final ReentrantLock lock = new ReentrantLock(); // guards all of both ends
        private final Condition changed = lock.newCondition();
        private long left; // messages until it breaks
        private boolean broken;
        private @Nullable String closed;
    }

    private DelayLink(
            Shared shared,
            ArrayDeque<OnItsWay> in,
            ArrayDeque<OnItsWay> out,
            LongSupplier delayNanos,
            int capacity) {
        this.shared = shared;
        this.in = in;
        this.out = out;
        this.delayNanos = delayNanos;
        this.capacity = capacity;
    }

    /**
     * Both ends.
     *
     * @param capacity messages on their way in each direction
     * @param breaksAfter so many messages
     */
    static Pair pair(LongSupplier delayNanos, int capacity, long breaksAfter) {
        Shared shared = new Shared();
        shared.left = breaksAfter;
        ArrayDeque<OnItsWay> requests = new ArrayDeque<>();
        ArrayDeque<OnItsWay> answers = new ArrayDeque<>();
        return new Pair(
                new DelayLink(shared, answers, requests, delayNanos, capacity),
                new DelayLink(shared, requests, answers, delayNanos, capacity));
    }

    private boolean isOpen() {
        return !shared.broken && shared.closed == null;
    }

    @Override
    public void send(Message message) throws IOException {
        shared.lock.lock();
        try {
            while (out.size() >= capacity && isOpen()) {
                shared.changed.awaitUninterruptibly();
            }
            if (!isOpen()) {
                throw new IOException("closed");
            }
            if (shared.left-- <= 0) {
                shared.broken = true;
                shared.changed.signalAll();
                throw new IOException("cut");
            }
            lastDue = Math.max(lastDue, System.nanoTime() + delayNanos.getAsLong());
            out.add(new OnItsWay(joined(message), lastDue));
            shared.changed.signalAll();
        } finally {
            shared.lock.unlock();
        }
    }

    /** As what was read from a connection is. */
    private static Message joined(Message message) {
        return message instanceof Message.Binary binary
                ? new Message.Binary(Bytes.wrap(binary.payload().toByteArray()))
                : message;
    }

    @Override
    public @Nullable Message receive() throws IOException {
        shared.lock.lock();
        try {
            while (isOpen()) {
                OnItsWay first = in.peek();
                if (first == null) {
                    shared.changed.awaitUninterruptibly();
                    continue;
                }
                long wait = first.dueNanos() - System.nanoTime();
                if (wait <= 0) {
                    in.poll();
                    long now = bytesReceived + first.message().payload().length();
                    bytesReceived = now;
                    shared.changed.signalAll();
                    return first.message();
                }
                long ignored = shared.changed.awaitNanos(wait);
            }
            if (shared.broken) {
                throw new IOException("cut");
            }
            return null;
        } catch (InterruptedException e) {
            throw new IOException(e);
        } finally {
            shared.lock.unlock();
        }
    }

    @Override
    public long bytesReceived() {
        return bytesReceived;
    }

    @Override
    public void close(int code, String reason) {
        shared.lock.lock();
        try {
            if (isOpen()) {
                shared.closed = code + " " + reason;
                shared.changed.signalAll();
            }
        } finally {
            shared.lock.unlock();
        }
    }

    /** Code and reason, null while it is not closed. */
    @Nullable String closed() {
        shared.lock.lock();
        try {
            return shared.closed;
        } finally {
            shared.lock.unlock();
        }
    }
}
