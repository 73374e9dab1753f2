package io.cloudtunnel.server.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Bridges the gap between a tunnel's last link and its next one: how long requests may wait for it,
 * how many of them, and who wakes them. Safe for use by several threads.
 */
public final class Bridge {

    /** How long it is remembered that a tunnel had a link; what is gone for longer has no agent. */
    private static final Duration MEMORY = Duration.ofMinutes(1);

    /** In so long after a start, agents are on their way back. */
    private static final Duration START = Duration.ofMinutes(1);

    private static final int AFTER_START = 3; // times as long

    /** How many places a tunnel may have, as a multiple of those that nobody has. */
    private static final int SHARE = 3;

    /** What is remembered of tunnels that have no link; beyond it the oldest are forgotten. */
    static final int MOST_GONE = 10_000;

    private final long waitNanos;
    private final int mostWaiting;
    private final LongSupplier nanoTime;
    private final long startNanos;

    private final Object monitor = new Object(); // guards what follows; held for memory only
    private final Map<String, List<Wait>> waiting = new HashMap<>(); // bounded by mostWaiting
    private final LinkedHashMap<String, Long> gone = new LinkedHashMap<>(); // at most MOST_GONE
    private int waitingCount;
    private boolean closed;

    /**
     * A bridge of an instance that starts now.
     *
     * @param atMost how long a request waits, zero for not at all; three times as long in an
     *     instance's first minute
     * @param mostWaiting how many requests wait at a time
     */
    public Bridge(Duration atMost, int mostWaiting) {
        this(atMost, mostWaiting, System::nanoTime);
    }

    Bridge(Duration atMost, int mostWaiting, LongSupplier nanoTime) {
        this.waitNanos = atMost.toNanos();
        this.mostWaiting = mostWaiting;
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
    }

    /** A tunnel has a link: whoever waits for one is woken. */
    void arrived(String tunnelId) {
        synchronized (monitor) {
            gone.remove(tunnelId);
            for (Wait wait : waiting.getOrDefault(tunnelId, List.of())) {
                wait.arrived = true;
                wait.wake.countDown();
            }
        }
    }

    /** A tunnel has lost its last link. */
    void left(String tunnelId) {
        long now = nanoTime.getAsLong();
        synchronized (monitor) {
            gone.remove(tunnelId); // so that the order is that of time
            gone.put(tunnelId, now);
            Iterator<Long> times = gone.values().iterator();
            while (times.hasNext()
                    && (now - times.next() > MEMORY.toNanos() || gone.size() > MOST_GONE)) {
                times.remove();
            }
        }
    }

    /** From now on nobody waits: the server leaves. */
    public void close() {
        synchronized (monitor) {
            closed = true;
            waiting.values().forEach(waits -> waits.forEach(wait -> wait.wake.countDown()));
        }
    }

    /**
     * Begins to wait, so that no link that comes from now on is missed; where there is nothing to
     * wait for, the wait is over already. It has to be ended.
     *
     * @param hasLinks whether the tunnel has links, though perhaps none that can be used
     */
    Wait begin(String tunnelId, boolean hasLinks) {
        long now = nanoTime.getAsLong();
        synchronized (monitor) {
            Long left = gone.get(tunnelId);
            boolean lately = hasLinks || (left != null && now - left <= MEMORY.toNanos());
            boolean starting = now - startNanos <= START.toNanos();
            long nanos = starting ? AFTER_START * waitNanos : lately ? waitNanos : 0;
            if (closed || nanos == 0 || isFull(tunnelId)) {
                return new Wait(tunnelId, now);
            }
            Wait wait = new Wait(tunnelId, now + nanos);
            waiting.computeIfAbsent(tunnelId, id -> new ArrayList<>(1)).add(wait);
            waitingCount++;
            return wait;
        }
    }

    /**
     * A tunnel has no more than three times the places that are free: so there are some for all.
     */
    private boolean isFull(String tunnelId) {
        int free = mostWaiting - waitingCount;
        return waiting.getOrDefault(tunnelId, List.of()).size() >= SHARE * free;
    }

    /** How many requests wait; for tests. */
    int waiting() {
        synchronized (monitor) {
            return waitingCount;
        }
    }

    /** One request that waits. One thread waits; any may cancel. */
    final class Wait implements AutoCloseable {
        private final String tunnelId;
        private final long endNanos;
        private CountDownLatch wake = new CountDownLatch(1); // guarded by monitor, as the next ones
        private boolean arrived;
        private boolean cancelled;

        private Wait(String tunnelId, long endNanos) {
            this.tunnelId = tunnelId;
            this.endNanos = endNanos;
        }

        /**
         * Waits until the tunnel gets a link.
         *
         * @param stepMillis returns after so long, too, for who has to look elsewhere
         * @return false if the time is over, or somebody ended it
         */
        boolean await(long stepMillis) throws InterruptedException {
            CountDownLatch latch;
            synchronized (monitor) {
                latch = wake;
            }
            long left = endNanos - nanoTime.getAsLong();
            long step = TimeUnit.MILLISECONDS.toNanos(stepMillis);
            boolean woken = true;
            if (left > 0) {
                woken = latch.await(Math.min(left, step), TimeUnit.NANOSECONDS);
            }
            synchronized (monitor) {
                boolean stepped = !woken && left > step;
                boolean came = (arrived || stepped) && !cancelled && !closed;
                arrived = false;
                wake = new CountDownLatch(1); // for the next link, if this one was of no use
                return came;
            }
        }

        /** Ends the wait for whoever waits. Does not block. */
        void cancel() {
            synchronized (monitor) {
                cancelled = true;
                wake.countDown();
            }
        }

        /** Whether there is nothing to wait for. */
        boolean isOver() {
            return endNanos - nanoTime.getAsLong() <= 0;
        }

        /** Whether it was cancelled. */
        boolean isCancelled() {
            synchronized (monitor) {
                return cancelled;
            }
        }

        @Override
        public void close() {
            synchronized (monitor) {
                List<Wait> all = waiting.get(tunnelId);
                if (all != null && all.remove(this)) {
                    waitingCount--;
                    if (all.isEmpty()) {
                        waiting.remove(tunnelId);
                    }
                }
            }
        }
    }
}
