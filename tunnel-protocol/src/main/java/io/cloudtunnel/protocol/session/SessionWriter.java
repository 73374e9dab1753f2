package io.cloudtunnel.protocol.session;

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
 * What writes to a session's link, in one thread at a time. What is urgent goes first; then the
 * streams that have something to send take turns, a frame each; all that is ready leaves in one
 * write.
 *
 * <p>Links are idle most of the time, in thousands, and a thread that waits holds its stack: one
 * that has had nothing to write for some looks ends, and the next frame starts another.
 */
final class SessionWriter {

    /** What one write gathers at most, in bytes: so long may a control frame have to wait. */
    private static final int GATHER = 128 * 1024;

    /** So many looks with nothing to write, and the thread ends. */
    private static final int IDLE_LOOKS = 5;

    private final Link link;
    private final String name;
    private final int controlLimit;
    private final Failed failed;

    private final Object monitor = new Object(); // guards what follows; held for memory only
    private final ArrayDeque<Object> control = new ArrayDeque<>(); // and Opening; controlLimit
    private final ArrayDeque<Stream> ready = new ArrayDeque<>(); // each open stream at most once
    private @Nullable Thread thread; // null before the start, while idle, and at the end
    private boolean started;
    private int pongs; // of those in control
    private int openedTo; // the last stream whose opening was taken out of control
    private boolean waiting;
    private int idleLooks; // since it waits
    private boolean closed;
    private boolean over; // nothing more will be written
    private @Nullable CountDownLatch idle; // of who waits for all to be written

    /** A frame or text that opens a stream. */
    private record Opening(int stream, Object frameOrText) {}

    /** Told once that writing has failed. */
    interface Failed {
        void writingFailed(Throwable failure);
    }

    SessionWriter(Link link, String name, int controlLimit, Failed failed) {
        this.link = link;
        this.controlLimit = controlLimit;
        this.failed = failed;
        this.name = "tunnel-writer-" + name;
    }

    void start() {
        Thread first;
        synchronized (monitor) {
            started = true;
            first = newThread();
        }
        first.start();
    }

    private Thread newThread() { // with the monitor
        Thread made = Thread.ofVirtual().name(name).unstarted(this::run);
        thread = made;
        return made;
    }

    /** For the patrol: ends a thread that has been idle for some looks. */
    void look() {
        Thread idling = null;
        synchronized (monitor) {
            if (waiting && ++idleLooks >= IDLE_LOOKS) {
                idling = thread;
                thread = null;
                waiting = false;
            }
        }
        if (idling != null) {
            LockSupport.unpark(idling);
        }
    }

    /** Whether a thread of this writer is there; for tests. */
    boolean hasThread() {
        synchronized (monitor) {
            return thread != null;
        }
    }

    /** Queues what goes ahead of chunks; false if the peer leaves too much of it unread. */
    boolean urgent(Object frameOrText) {
        Thread wake;
        synchronized (monitor) {
            if (closed) {
                return true; // nobody will miss it
            }
            if (control.size() >= controlLimit) {
                return false;
            }
            control.addLast(frameOrText);
            wake = toWake();
        }
        wake(wake);
        return true;
    }

    /**
     * Queues what opens a stream, in the order of their ids; false as {@link #urgent}. Behind
     * {@link #close} it never leaves.
     */
    boolean open(int stream, Object frameOrText) {
        return urgent(new Opening(stream, frameOrText));
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
        Thread wake;
        synchronized (monitor) {
            if (closed) {
                return;
            }
            ready.addLast(stream);
            wake = toWake();
        }
        wake(wake);
    }

    private @Nullable Thread toWake() { // with the monitor
        if (thread == null) {
            return started && !over ? newThread() : null;
        }
        boolean was = waiting;
        waiting = false;
        return was ? thread : null;
    }

    private static void wake(@Nullable Thread waking) {
        if (waking != null) {
            if (waking.getState() == Thread.State.NEW) { // then nobody else has it
                waking.start();
            } else {
                LockSupport.unpark(waking);
            }
        }
    }

    /** Waits until all that was queued is written, but not for longer; says whether it is. */
    boolean awaitWritten(Duration atMost) throws InterruptedException {
        CountDownLatch latch;
        synchronized (monitor) {
            if (waiting || over || (started && thread == null)) {
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

    /**
     * Ends the thread; what is urgent and queued is still written, but nothing that opens a stream.
     *
     * @return the last stream that the peer may know of: the openings of those behind it never left
     */
    int close() {
        Thread wake = null;
        int last;
        synchronized (monitor) {
            closed = true;
            control.removeIf(Opening.class::isInstance);
            last = openedTo;
            ready.clear();
            if (thread != null) {
                wake = toWake();
            } else {
                over = started;
                signalIdle();
            }
        }
        wake(wake);
        return last;
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
            int ignored = close();
            failed.writingFailed(e);
            end();
        }
    }

    private void end() {
        synchronized (monitor) {
            over = true;
            thread = null;
            signalIdle();
        }
    }

    /** Waits for something to send; null when this thread is to end. */
    private @Nullable Batch next() {
        while (true) {
            Batch batch = new Batch(link.goodMessage());
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
                urgent = takeUrgent();
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

    private List<Object> takeUrgent() { // with the monitor
        if (control.isEmpty()) {
            return List.of();
        }
        List<Object> taken = new ArrayList<>(control.size());
        for (Object each : control) {
            if (each instanceof Opening opening) {
                openedTo = opening.stream();
                taken.add(opening.frameOrText());
            } else {
                taken.add(each);
            }
        }
        control.clear();
        return taken;
    }

    /** True if everything is written and the writer is closed, or has been idle for long. */
    private boolean parkUnlessWork() {
        synchronized (monitor) {
            if (!control.isEmpty() || !ready.isEmpty()) {
                return false;
            }
            if (closed) {
                end();
                return true;
            }
            signalIdle();
            waiting = true;
            idleLooks = 0;
        }
        while (true) {
            LockSupport.park(this);
            synchronized (monitor) {
                if (thread != Thread.currentThread()) {
                    return true; // and what comes next has a thread of its own
                }
                if (!waiting) {
                    return false;
                }
            }
        }
    }
}
