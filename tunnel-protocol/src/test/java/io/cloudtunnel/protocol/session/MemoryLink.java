package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One end of a link in memory. Each direction holds one message: a reader that waits for its own
 * writing soon waits for ever.
 */
final class MemoryLink implements Link {

    /** Both ends. */
    record Pair(MemoryLink server, MemoryLink agent) {}

    private static final int CAPACITY = 1;

    private final Shared shared;
    private final Deque<Message> in;
    private final Deque<Message> out;
    private int blockedWriters;
    private volatile long bytesReceived; // written with the lock held
    private boolean scripted;
    private boolean stalled;
    private @Nullable Thread reader; // of whoever receives

    /** What both ends see. */
    private static final class Shared {
        private final ReentrantLock lock = new ReentrantLock(); // guards all of both ends
        private final Condition changed = lock.newCondition();
        private boolean broken;
        private int closeCode;
        private String closeReason = "";
    }

    private MemoryLink(Shared shared, Deque<Message> in, Deque<Message> out) {
        this.shared = shared;
        this.in = in;
        this.out = out;
    }

    static Pair pair() {
        Shared shared = new Shared();
        Deque<Message> requests = new ArrayDeque<>();
        Deque<Message> answers = new ArrayDeque<>();
        return new Pair(
                new MemoryLink(shared, answers, requests),
                new MemoryLink(shared, requests, answers));
    }

    /** This end is a test's own, which may write on the thread that reads. */
    MemoryLink scripted() {
        scripted = true;
        return this;
    }

    @Override
    public void send(Message message) throws IOException {
        shared.lock.lock();
        try {
            if (Thread.currentThread() == reader && !scripted) {
                throw new AssertionError("the reader writes");
            }
            blockedWriters++;
            shared.changed.signalAll();
            while ((stalled || out.size() >= CAPACITY) && isOpen()) {
                shared.changed.awaitUninterruptibly();
            }
            blockedWriters--;
            if (!isOpen()) {
                throw new IOException("closed");
            }
            out.add(message);
            shared.changed.signalAll();
        } finally {
            shared.lock.unlock();
        }
    }

    @Override
    public @Nullable Message receive() throws IOException {
        shared.lock.lock();
        try {
            reader = Thread.currentThread();
            while (in.isEmpty() && isOpen()) {
                shared.changed.awaitUninterruptibly();
            }
            if (shared.broken) {
                throw new IOException("the link broke");
            }
            Message message = isOpen() ? in.poll() : null;
            long now = bytesReceived + (message == null ? 0 : message.payload().length());
            bytesReceived = now;
            shared.changed.signalAll();
            return message;
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
                shared.closeCode = code;
                shared.closeReason = reason;
                shared.changed.signalAll();
            }
        } finally {
            shared.lock.unlock();
        }
    }

    /** From now on there is no room in this end's direction. */
    void stall() {
        shared.lock.lock();
        try {
            stalled = true;
        } finally {
            shared.lock.unlock();
        }
    }

    /** Waits until a thread waits for room in this end's direction. */
    void awaitBlockedWriter() {
        shared.lock.lock();
        try {
            while (blockedWriters == 0) {
                shared.changed.awaitUninterruptibly();
            }
        } finally {
            shared.lock.unlock();
        }
    }

    /** Ends both directions as a lost connection does. */
    void cut() {
        shared.lock.lock();
        try {
            shared.broken = true;
            shared.changed.signalAll();
        } finally {
            shared.lock.unlock();
        }
    }

    private boolean isOpen() {
        return shared.closeCode == 0 && !shared.broken;
    }

    int closeCode() {
        shared.lock.lock();
        try {
            return shared.closeCode;
        } finally {
            shared.lock.unlock();
        }
    }

    String closeReason() {
        shared.lock.lock();
        try {
            return shared.closeReason;
        } finally {
            shared.lock.unlock();
        }
    }

    void sendText(String text) throws IOException {
        send(new Message.Text(Bytes.utf8(text)));
    }
}
