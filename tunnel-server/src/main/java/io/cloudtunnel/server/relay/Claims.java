package io.cloudtunnel.server.relay;

import io.cloudtunnel.server.registry.LinkRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/**
 * Keeps in the directory what this instance holds: claims and releases tunnels, renews claims, and
 * says every second that the instance lives. All of it is done by one thread.
 */
final class Claims implements AutoCloseable {

    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RENEW_NANOS = TimeUnit.MINUTES.toNanos(2);

    /** Between two attempts to get a tunnel for an exclusive agent. */
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final long LEAVING_MILLIS = 200;

    /** Of an instance that leaves: it is asked only where no other one has a link. */
    private static final int LEAVING_LOAD = 1_000_000;

    private static final Logger LOGGER = System.getLogger(Claims.class.getName());

    private final String instance;
    private final Broker broker;
    private final Directory directory;
    private final LinkRegistry links;
    private final Exclusives exclusives;
    private final Thread thread;

    // Guards the next four; held for memory only.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition marks = lock.newCondition();
    private Set<String> marked = new LinkedHashSet<>(); // bounded by the tunnels that have links
    private Set<String> asked = new LinkedHashSet<>(); // the same
    private boolean hurried; // whether the next heartbeat is to come at once
    private volatile boolean leaving;
    private volatile boolean reachable;
    private volatile boolean closed;

    private record Claim(long generation, long nanos) {}

    private final Map<String, Claim> held = new HashMap<>(); // of the thread, as the next ones
    private final Set<String> again = new LinkedHashSet<>(); // of these, too: not settled yet
    private long beatNanos = System.nanoTime() - BEAT_NANOS;

    /**
     * Nothing is claimed yet.
     *
     * @param ask asks an instance to look whether it still serves a tunnel
     */
    Claims(String instance, Engine engine, LinkRegistry links, BiConsumer<String, String> ask) {
        this.instance = instance;
        this.broker = engine.broker();
        this.directory = engine.directory();
        this.links = links;
        this.exclusives = new Exclusives(instance, directory.leases(), links, ask);
        this.thread = Thread.ofVirtual().name("tunnel-claims").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Whether the directory answered the last heartbeat. */
    boolean isReachable() {
        return reachable;
    }

    /** Looks again at whether this instance has links of a tunnel. Does not block. */
    void changed(String tunnelId) {
        lock.lock();
        try {
            marked.add(tunnelId);
            marks.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Another instance asks whether this one still serves a tunnel. Does not block. */
    void askedToYield(String tunnelId) {
        if (links.usable(tunnelId) == 0) {
            return;
        }
        lock.lock();
        try {
            asked.add(tunnelId);
            marks.signal();
        } finally {
            lock.unlock();
        }
    }

    /** From now on others are to ask another owner where there is one. Does not block. */
    void leaving() {
        leaving = true;
        lock.lock();
        try {
            hurried = true;
            marks.signal();
        } finally {
            lock.unlock();
        }
    }

    Exclusives exclusives() {
        return exclusives;
    }

    private void run() {
        try {
            while (!closed) {
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server is closed
        }
    }

    private void turn() throws InterruptedException {
        Set<String> todo = next();
        try {
            if (isTimeToBeat()) {
                beat(todo);
            }
            for (String tunnelId : takeAsked()) {
                exclusives.asked(tunnelId);
                todo.add(tunnelId);
            }
            settle(todo);
        } catch (BrokerException e) {
            if (reachable) {
                LOGGER.log(Level.WARNING, "the directory cannot be reached: {0}", e.getMessage());
            }
            reachable = false;
        }
        lock.lock();
        try {
            marked.addAll(todo); // what is left comes with the next heartbeat
        } finally {
            lock.unlock();
        }
    }

    private boolean isTimeToBeat() {
        lock.lock();
        try {
            boolean now = hurried || System.nanoTime() - beatNanos >= BEAT_NANOS;
            hurried = false;
            return now;
        } finally {
            lock.unlock();
        }
    }

    /** As many as there is time for: a heartbeat that is late would cost all of them. */
    private void settle(Set<String> todo) throws BrokerException, InterruptedException {
        for (String tunnelId : List.copyOf(todo)) {
            if (System.nanoTime() - beatNanos >= BEAT_NANOS) {
                return;
            }
            settle(tunnelId);
            todo.remove(tunnelId);
        }
    }

    /** What is marked, at the time of the next heartbeat at the latest. */
    private Set<String> next() throws InterruptedException {
        lock.lock();
        try {
            long left = BEAT_NANOS - (System.nanoTime() - beatNanos);
            if (!again.isEmpty() && reachable) {
                left = Math.min(left, AGAIN_NANOS);
            }
            while (left > 0 && !hurried && (isIdle() || !reachable) && !closed) {
                left = marks.awaitNanos(left);
            }
            Set<String> todo = marked;
            marked = new LinkedHashSet<>();
            todo.addAll(again);
            again.clear();
            return todo;
        } finally {
            lock.unlock();
        }
    }

    private boolean isIdle() {
        return marked.isEmpty() && asked.isEmpty();
    }

    private Set<String> takeAsked() {
        lock.lock();
        try {
            Set<String> now = asked;
            asked = new LinkedHashSet<>();
            return now;
        } finally {
            lock.unlock();
        }
    }

    private void beat(Set<String> todo) throws BrokerException, InterruptedException {
        beatNanos = System.nanoTime(); // also where it fails
        if (!broker.isConnected()) { // then nobody reaches our links
            throw new BrokerException("the broker is not connected", null);
        }
        boolean known = directory.beat(instance, leaving ? LEAVING_LOAD : links.openExchanges());
        // One that failed may have been made, after which the directory seems to know us.
        exclusives.beaten(beatNanos, !known || !reachable);
        if (!known || !reachable) {
            todo.addAll(held.keySet());
            todo.addAll(links.tunnels());
            held.clear();
        }
        if (!reachable) {
            LOGGER.log(Level.INFO, "instance {0} is in the directory", instance);
        }
        reachable = true;
        for (Map.Entry<String, Claim> claim : held.entrySet()) {
            boolean old = beatNanos - claim.getValue().nanos > RENEW_NANOS;
            if (old || links.usable(claim.getKey()) == 0) {
                todo.add(claim.getKey());
            }
        }
    }

    private void settle(String tunnelId) throws BrokerException, InterruptedException {
        if (exclusives.settle(tunnelId)) {
            again.add(tunnelId);
        }
        Claim claim = held.get(tunnelId);
        if (links.usable(tunnelId) == 0) {
            if (claim != null) {
                boolean ignored = directory.release(tunnelId, instance, claim.generation);
                held.remove(tunnelId);
            }
            return;
        }
        long now = System.nanoTime();
        boolean fresh = claim != null && now - claim.nanos <= RENEW_NANOS;
        if (fresh) {
            return;
        }
        if (links.exclusiveAgent(tunnelId) == null && exclusives.isElsewhere(tunnelId)) {
            return; // its links were replaced
        }
        boolean renewed = claim != null && directory.renew(tunnelId, instance, claim.generation);
        long generation =
                claim != null && renewed ? claim.generation : directory.claim(tunnelId, instance);
        held.put(tunnelId, new Claim(generation, now));
    }

    /** Takes this instance out of the directory; its claims count for nothing then. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(LEAVING_MILLIS);
            if (reachable) {
                directory.leave(instance);
            }
        } catch (BrokerException e) {
            LOGGER.log(Level.DEBUG, "the directory finds out by itself", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
