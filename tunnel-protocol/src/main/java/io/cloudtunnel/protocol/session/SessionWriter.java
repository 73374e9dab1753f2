package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Frame;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes to a session's link. What is urgent goes first; then the streams that
 * have something to send take turns, a frame each; all that is ready leaves in one write.
 */
final class SessionWriter {

    /** What one write gathers at most, in bytes: so long may a control frame have to wait. */
    private static final int GATHER = 128 * 1024;

    /** The longest message of frames, in bytes. */
    private static final int LONGEST = BinaryCodec.MAX_MESSAGE - Link.MOST_ADDED;

    private final Link link;
    private final int controlLimit;
    private final Failed failed;

    private final Object monitor = new Object(); // guards what follows; held for memory only
    private final ArrayDeque<Object> control = new ArrayDeque<>(); // Frame or text; controlLimit
    private final ArrayDeque<Stream> ready = new ArrayDeque<>(); // each open stream at most once
    private final Thread thread;
    private int pongs; // of those in control
    private boolean waiting;
    private boolean closed;
    private boolean over; // the thread has ended
    private @Nullable CountDownLatch idle; // of who waits for all to be written

    /** Told once that writing has failed. */
    interface Failed {
        void writingFailed(Throwable failure);
    }

    SessionWriter(Link link, String name, int controlLimit, Failed failed) {
        this.link = link;
        this.controlLimit = controlLimit;
        this.failed = failed;
        this.thread = Thread.ofVirtual().name("tunnel-writer-" + name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Queues what goes ahead of chunks; false if the peer leaves too much of it unread. */
    boolean urgent(Object frameOrText) {
        boolean wake;
        synchronized (monitor) {
            if (closed) {
                return true; // nobody will miss it
            }
            if (control.size() >= controlLimit) {
                return false;
            }
            control.addLast(frameOrText);
            wake = wakes();
        }
        wakeIf(wake);
        return true;
    }

    /** Queues a pong; false if the peer has more than so many pings unanswered. */
    boolean pong(Frame.Pong pong, int most) {
        synchronized (monitor) {
            if (pongs >= most) {
                return false;
            }
            pongs++;
        }
        return urgent(pong);
    }

    /** A stream has something to send that it did not have before. */
    void ready(Stream stream) {
        boolean wake;
        synchronized (monitor) {
            if (closed) {
                return;
            }
            ready.addLast(stream);
            wake = wakes();
        }
        wakeIf(wake);
    }

    private boolean wakes() {
        boolean was = waiting;
        waiting = false;
        return was;
    }

    private void wakeIf(boolean wake) {
        if (wake) {
            LockSupport.unpark(thread);
        }
    }

    /** Waits until all that was queued is written, but not for longer; says whether it is. */
    boolean awaitWritten(Duration atMost) throws InterruptedException {
        CountDownLatch latch;
        synchronized (monitor) {
            if (waiting || over) {
                return true;
            }
            if (idle == null) {
                idle = new CountDownLatch(1);
            }
            latch = idle;
        }
        return latch.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void signalIdle() { // with the monitor
        if (idle != null) {
            idle.countDown();
            idle = null;
        }
    }

    /** Ends the thread; what is urgent and queued is still written. */
    void close() {
        boolean wake;
        synchronized (monitor) {
            closed = true;
            ready.clear();
            wake = wakes();
        }
        wakeIf(wake);
    }

    private void run() {
        try {
            FairShare share = new FairShare();
            Batch batch = next();
            while (batch != null) {
                link.sendAll(batch.messages());
                share.passed(batch.size());
                batch = next();
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            close();
            failed.writingFailed(e);
        } finally {
            synchronized (monitor) {
                over = true;
                signalIdle();
            }
        }
    }

    /** Waits for something to send; null when there will be nothing more. */
    private @Nullable Batch next() {
        while (true) {
            Batch batch = new Batch();
            gather(batch);
            if (!batch.isEmpty()) {
                return batch;
            }
            if (parkUnlessWork()) {
                return null;
            }
        }
    }

    /**
     * Before each turn what is urgent is taken, in one step with choosing the stream: a stream's
     * first chunk never goes out before the head that was queued before it.
     */
    private void gather(Batch batch) {
        while (batch.size() < GATHER) {
            List<Object> urgent;
            Stream stream;
            synchronized (monitor) {
                urgent = control.isEmpty() ? List.of() : new ArrayList<>(control);
                control.clear();
                pongs = urgent.isEmpty() ? pongs : 0;
                stream = ready.pollFirst();
            }
            urgent.forEach(batch::add);
            if (stream == null) {
                return;
            }
            Sending.Turn turn = stream.takeTurn();
            if (turn.frame() != null) {
                batch.add(turn.frame());
            }
            if (turn.more()) {
                synchronized (monitor) {
                    if (!closed) {
                        ready.addLast(stream);
                    }
                }
            }
        }
    }

    /** True if the writer is closed and everything is written. */
    private boolean parkUnlessWork() {
        synchronized (monitor) {
            if (!control.isEmpty() || !ready.isEmpty()) {
                return false;
            }
            signalIdle();
            if (closed) {
                return true;
            }
            waiting = true;
        }
        while (true) {
            LockSupport.park(this);
            synchronized (monitor) {
                if (!waiting) {
                    return false;
                }
            }
        }
    }

    /** Frames that follow each other share a message; a text is a message of its own. */
    private static final class Batch {
        private final List<Message> messages = new ArrayList<>(2);
        private List<Bytes> parts = new ArrayList<>();
        private int messageSize;
        private int size;

        void add(Object frameOrText) {
            switch (frameOrText) {
                case Bytes text -> {
                    endMessage();
                    messages.add(new Message.Text(text));
                    size += text.length();
                }
                case Frame frame -> {
                    if (messageSize + BinaryCodec.mostBytes(frame) > LONGEST) {
                        endMessage();
                    }
                    int bytes = BinaryCodec.encode(frame, parts);
                    messageSize += bytes;
                    size += bytes;
                }
                default -> throw new IllegalArgumentException(frameOrText.getClass().getName());
            }
        }

        private void endMessage() {
            if (!parts.isEmpty()) {
                messages.add(new Message.Binary(parts));
                parts = new ArrayList<>();
                messageSize = 0;
            }
        }

        int size() {
            return size;
        }

        boolean isEmpty() {
            return size == 0;
        }

        List<Message> messages() {
            endMessage();
            return messages;
        }
    }
}
