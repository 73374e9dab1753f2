package io.cloudtunnel.server.agents;

import io.cloudtunnel.server.auth.Credentials;
import io.cloudtunnel.server.auth.TunnelNames;
import io.cloudtunnel.server.relay.BrokerException;
import io.cloudtunnel.server.relay.Holdings;
import io.cloudtunnel.server.relay.SecretStore;
import io.cloudtunnel.server.relay.SecretStore.Changes;
import io.cloudtunnel.server.relay.SecretStore.State;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Whose secrets do not count any more, as far as this instance knows: asked when a link comes, and
 * read once a second, so that links end whose secret was deleted or rotated away by way of another
 * instance; docs/relay.md, "Deleted and rotated secrets". Safe for use by several threads.
 */
public final class Revocations implements AutoCloseable {

    /** The tunnels whose states are remembered, whatever becomes of the store. */
    static final int REMEMBERED = 50_000;

    private static final Duration LOOK = Duration.ofSeconds(1);

    /** How long the first links wait for the store: an instance has just begun to connect to it. */
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final Logger LOGGER = System.getLogger(Revocations.class.getName());

    private final @Nullable SecretStore store;
    private final @Nullable Holdings holdings;
    private final Clock clock;
    private final IdleTunnels idle;
    private final Thread thread;
    private final long startNanos = System.nanoTime();
    private final CountDownLatch firstLook = new CountDownLatch(1);
    private final Map<String, Set<Watch>> live = new ConcurrentHashMap<>(); // by places for links

    private final ReentrantLock lock = new ReentrantLock(); // guards seen; held for memory only
    private final Map<String, State> seen =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, State> eldest) {
                    return size() > REMEMBERED;
                }
            };

    private volatile boolean reachable = true; // until a look has shown otherwise
    private volatile boolean unchecked; // a link was let in that the store was not asked about
    private volatile boolean closed;
    private long version; // of the thread, as the next one
    private boolean first = true;

    /**
     * Nothing is known yet.
     *
     * @param store null where there is none: then all that is genuine counts
     * @param holdings of the same store
     * @param expiry after how long without a link a tunnel is deleted; zero for never
     */
    public Revocations(
            @Nullable SecretStore store,
            @Nullable Holdings holdings,
            Duration expiry,
            Clock clock) {
        this.store = store;
        this.holdings = holdings;
        this.clock = clock;
        this.idle = new IdleTunnels(expiry, clock);
        this.thread = Thread.ofVirtual().name("tunnel-revocations").unstarted(this::run);
    }

    /** Told that the secret of a link does not count any more. Does not block. */
    interface WhenRevoked {

        /**
         * Called once.
         *
         * @param inTime whether the secret was rotated away, and its grace is over; else it was
         *     ended at once, or its tunnel was
         */
        void revoked(boolean inTime);
    }

    /** A link that ends with its secret. */
    final class Watch {
        private final String tunnelId;
        private final long generation;
        private final WhenRevoked revoked;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile boolean inGrace; // has been seen so

        private Watch(String tunnelId, long generation, WhenRevoked revoked) {
            this.tunnelId = tunnelId;
            this.generation = generation;
            this.revoked = revoked;
        }

        private void check(State state) {
            if (state.accepts(generation, clock.millis())) {
                inGrace = generation < state.generation();
            } else if (over.compareAndSet(false, true)) {
                close();
                boolean isLast = generation == state.generation() - 1;
                revoked.revoked(inGrace && isLast && !state.deleted());
            }
        }

        /** The link has ended. */
        void close() {
            idle.changed(tunnelId);
            live.computeIfPresent(
                    tunnelId,
                    (id, of) -> {
                        of.remove(this);
                        return of.isEmpty() ? null : of;
                    });
        }
    }

    /** Begins, whether the store can be reached or not. */
    public void start() {
        if (store != null) {
            thread.start();
        }
    }

    /** Where they are kept; null where nothing can be deleted or rotated. */
    @Nullable SecretStore store() {
        return store;
    }

    /**
     * Whether a genuine secret still counts. What was seen revoked stays so; where the store cannot
     * be asked, what is not known counts, and is asked for later. Waits for at most a second, and
     * for 3 s from the start.
     *
     * @param secret has been verified
     */
    boolean accepts(String tunnelId, String secret) {
        long generation = Credentials.generation(secret);
        if (!known(tunnelId).accepts(generation, clock.millis())) {
            return false;
        }
        if (store == null) {
            return true;
        }
        try {
            awaitFirstLook();
            // Also where the last look failed: the store may be back for less than a second.
            return state(store, tunnelId).accepts(generation, clock.millis())
                    && !expires(store, tunnelId, Credentials.issuedSeconds(secret));
        } catch (BrokerException e) {
            LOGGER.log(Level.DEBUG, "a link is let in without a look", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        unchecked = true;
        return true;
    }

    /**
     * Ends a tunnel for all instances: no secret of it counts any more. A name can be taken again.
     *
     * @param generation that of the secret by which it is asked for
     * @return false if that secret does not count any more, and nothing has changed
     */
    boolean end(SecretStore from, String tunnelId, long generation)
            throws BrokerException, InterruptedException {
        State state = State.DELETED;
        if (holdings != null && TunnelNames.isName(tunnelId)) {
            state = holdings.free(tunnelId, generation);
        } else {
            from.delete(tunnelId);
        }
        if (state != null) {
            learn(Map.of(tunnelId, state));
        }
        return state != null;
    }

    /** Takes note that a tunnel is used, or will soon be. */
    void used(String tunnelId) {
        idle.changed(tunnelId);
    }

    /** Ends a tunnel if nobody has used it for long; says whether that was so. */
    boolean expire(String tunnelId) throws BrokerException, InterruptedException {
        return store != null && expires(store, tunnelId, 0);
    }

    /** Deletes a tunnel that nobody has used for long, so that it is over for all instances. */
    private boolean expires(SecretStore from, String tunnelId, long issuedSeconds)
            throws BrokerException, InterruptedException {
        if (live.containsKey(tunnelId) || !idle.isOver(from, tunnelId, issuedSeconds)) {
            return false;
        }
        if (!end(from, tunnelId, state(from, tunnelId).generation())) {
            return false;
        }
        LOGGER.log(Level.INFO, "tunnel={0} was not used for long and has expired", tunnelId);
        return true;
    }

    private void awaitFirstLook() throws InterruptedException {
        long left = FIRST_NANOS - (System.nanoTime() - startNanos);
        boolean ignored = left > 0 && firstLook.await(left, TimeUnit.NANOSECONDS);
    }

    private State state(SecretStore from, String tunnelId)
            throws BrokerException, InterruptedException {
        remember(from.states(List.of(tunnelId)));
        return known(tunnelId);
    }

    /** What is known of a tunnel without asking. */
    State known(String tunnelId) {
        lock.lock();
        try {
            return seen.getOrDefault(tunnelId, State.INITIAL);
        } finally {
            lock.unlock();
        }
    }

    /** Takes note of states, and ends the links that they leave without a secret. */
    void learn(Map<String, State> states) {
        remember(states);
        states.keySet().forEach(this::check);
    }

    private void remember(Map<String, State> states) {
        lock.lock();
        try {
            states.forEach((tunnelId, state) -> {
                if (!state.equals(State.INITIAL)) {
                    seen.merge(tunnelId, state, (old, now) -> old.or(now));
                }
            });
        } finally {
            lock.unlock();
        }
    }

    /**
     * A link has come; it is told once its secret does not count any more, which may be at once.
     */
    Watch watch(String tunnelId, long generation, WhenRevoked revoked) {
        Watch watch = new Watch(tunnelId, generation, revoked);
        live.compute(
                tunnelId,
                (id, of) -> {
                    Set<Watch> now = of == null ? ConcurrentHashMap.newKeySet() : of;
                    now.add(watch);
                    return now;
                });
        idle.changed(tunnelId);
        watch.check(known(tunnelId)); // it may have been learned meanwhile
        return watch;
    }

    private void check(String tunnelId) {
        Set<Watch> of = live.get(tunnelId);
        if (of != null) {
            State state = known(tunnelId);
            of.forEach(watch -> watch.check(state));
        }
    }

    private void run() {
        try {
            while (!closed && store != null) {
                try {
                    look(store);
                    idle.note(store, live.keySet());
                    reachable = true;
                } catch (BrokerException e) {
                    reachable = false;
                }
                live.keySet().forEach(this::check); // a grace may be over
                TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
            }
        } catch (InterruptedException e) {
            LOGGER.log(Level.TRACE, "closed", e);
        }
    }

    private void look(SecretStore from) throws BrokerException, InterruptedException {
        boolean all = unchecked;
        unchecked = false;
        try {
            Changes changes = from.since(version);
            remember(changes.states());
            if (changes.lost()) {
                LOGGER.log(Level.WARNING, "the store has lost which secrets were revoked");
            }
            if (changes.lost() || !reachable) { // it may have come back without them
                from.restore(copy());
            }
            if (all || first || !changes.complete()) {
                remember(from.states(live.keySet()));
            }
            version = changes.version();
            first = false;
            firstLook.countDown();
        } catch (BrokerException e) {
            unchecked |= all;
            throw e;
        }
    }

    private Map<String, State> copy() {
        lock.lock();
        try {
            return Map.copyOf(seen);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
