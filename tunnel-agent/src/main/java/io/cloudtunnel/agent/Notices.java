package io.cloudtunnel.agent;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What an agent tells the world: its state, its public URL, and why it failed. Safe for use by
 * several threads; the listener is called by one at a time, in the order of events, and never under
 * the lock of the state.
 */
final class Notices {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");

    private static final Duration LONGEST_CALL = Duration.ofSeconds(1);

    private static final Duration LONGEST_WAIT = Duration.ofDays(1000);
    private static final long LONGEST_NANOS = LONGEST_WAIT.toNanos();

    private final AgentListener listener;
    private final ReentrantLock lock = new ReentrantLock(); // guards what follows
    private final Condition changed = lock.newCondition();
    private final Deque<Runnable> untold = new ArrayDeque<>(); // as many as threads that tell
    private final ReentrantLock telling = new ReentrantLock(); // held over calls of the listener
    private AgentState state = AgentState.CONNECTING;
    private AgentState without = AgentState.CONNECTING; // what it is when no link lives
    private int links;
    private @Nullable String known;
    private @Nullable String announced;
    private @Nullable String failure;

    /**
     * Notices to a listener.
     *
     * @param knownUrl the public URL of the time before; null where there was none
     */
    Notices(AgentListener listener, @Nullable String knownUrl) {
        this.listener = listener;
        this.known = knownUrl;
    }

    /** A link lives: whatever its siblings do, the agent is connected. */
    void linkUp() {
        lock.lock();
        try {
            links++;
            become(AgentState.CONNECTED, "");
        } finally {
            lock.unlock();
        }
        tell();
    }

    /** A link has ended; if it was the last one, the agent is as its slots are. */
    void linkDown() {
        lock.lock();
        try {
            links--;
            if (links == 0) {
                become(without, "");
            }
        } finally {
            lock.unlock();
        }
        tell();
    }

    /** What is being done about a link: of interest while none lives. */
    void trying(AgentState next, String detail) {
        lock.lock();
        try {
            without = next;
            if (links == 0) {
                become(next, detail);
            }
        } finally {
            lock.unlock();
        }
        tell();
    }

    /** A new state; nothing follows a final one. */
    void state(AgentState next, String detail) {
        lock.lock();
        try {
            become(next, detail);
        } finally {
            lock.unlock();
        }
        tell();
    }

    private void become(AgentState next, String detail) { // with the lock
        boolean leaving = state == AgentState.STOPPING && !next.isFinal();
        boolean same = state == next && detail.isEmpty();
        if (!state.isFinal() && !leaving && !same) {
            state = next;
            failure = next == AgentState.FAILED ? detail : failure;
            changed.signalAll();
            untold.add(() -> listener.stateChanged(next, detail));
        }
    }

    /** The tunnel is open, and this is its public URL. */
    void open(String url) {
        lock.lock();
        try {
            if (url.equals(announced)) {
                return;
            }
            String before = known;
            known = url;
            announced = url;
            untold.add(() -> tellUrl(before, url));
        } finally {
            lock.unlock();
        }
        tell();
    }

    private void tellUrl(@Nullable String before, String url) {
        if (before == null || before.equals(url)) {
            LOGGER.log(Level.INFO, "public URL: {0}", url);
            listener.publicUrl(url);
        } else {
            LOGGER.log(Level.WARNING, "THE PUBLIC URL HAS CHANGED from {0} to {1}", before, url);
            listener.publicUrlChanged(before, url);
        }
    }

    /** Tells what is untold; where another thread is at it for too long, that one will. */
    private void tell() {
        try {
            // First without waiting, which an interrupt does not prevent.
            if (telling.tryLock()
                    || telling.tryLock(LONGEST_CALL.toNanos(), TimeUnit.NANOSECONDS)) {
                try {
                    tellAll();
                } finally {
                    telling.unlock();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tellAll() {
        Runnable call = next();
        while (call != null) {
            try {
                call.run();
            } catch (Throwable e) { // whatever a listener does, the agent goes on
                LOGGER.log(Level.ERROR, "a listener of the agent failed", e);
            }
            call = next();
        }
    }

    private @Nullable Runnable next() {
        lock.lock();
        try {
            return untold.poll();
        } finally {
            lock.unlock();
        }
    }

    /** The state at this moment. */
    AgentState state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    /** The public URL that was announced, or null. */
    @Nullable String publicUrl() {
        lock.lock();
        try {
            return announced;
        } finally {
            lock.unlock();
        }
    }

    /** Why the agent failed, or null. */
    @Nullable String failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a link is open, or the end, but not for longer; returns the state. */
    AgentState awaitOpen(Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            long left = atMost.compareTo(LONGEST_WAIT) < 0 ? atMost.toNanos() : LONGEST_NANOS;
            while (!state.isFinal() && state != AgentState.CONNECTED && left > 0) {
                left = changed.awaitNanos(left);
            }
            return state;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end; returns the state. */
    AgentState awaitEnd() throws InterruptedException {
        lock.lock();
        try {
            while (!state.isFinal()) {
                changed.await();
            }
            return state;
        } finally {
            lock.unlock();
        }
    }
}
