package io.cloudtunnel.server.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Broker and directory within one process, with switches for what goes wrong. */
public final class MemoryEngine {

    private final LongSupplier nanoTime;
    private final Map<String, Broker.Receiver> channels = new HashMap<>();
    private final Map<String, Map<String, Long>> claims = new HashMap<>();
    private final MemorySecrets.Data secrets = new MemorySecrets.Data();
    private final Map<String, Long> generations = new HashMap<>();
    private final Map<String, long[]> heartbeats = new HashMap<>(); // time, load
    private final MemoryLeases leases = new MemoryLeases(this);
    private volatile Predicate<byte[]> lost = message -> false;
    private final List<AtomicBoolean> cuts = new CopyOnWriteArrayList<>(); // one per engine
    private volatile boolean down;

    public MemoryEngine() {
        this(System::nanoTime);
    }

    public MemoryEngine(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Loses the messages that this is true of. */
    public void lose(Predicate<byte[]> which) {
        lost = which;
    }

    /** Cannot be reached any more, or again, and then empty. */
    public void down(boolean isDown) {
        List<Broker.Receiver> told;
        synchronized (this) {
            down = isDown;
            claims.clear();
            heartbeats.clear();
            leases.clear();
            told = List.copyOf(channels.values());
        }
        if (isDown) {
            told.forEach(Broker.Receiver::lost);
        }
    }

    /** Leases wait for instances that are not known for this long; as the real ones by default. */
    public void unknown(Duration atMost) {
        leases.unknown(atMost);
    }

    long nanos() {
        return nanoTime.getAsLong();
    }

    /** Called with the monitor held. */
    boolean lives(String instance) {
        long[] beat = heartbeats.get(instance);
        return beat != null && nanos() - beat[0] < Directory.ALIVE.toNanos();
    }

    /** Instances that live and hold links. Called with the monitor held. */
    Set<String> owners(String tunnel) {
        Set<String> owners = new HashSet<>(claims.getOrDefault(tunnel, Map.of()).keySet());
        owners.removeIf(each -> !lives(each));
        return owners;
    }

    /** Called with the monitor held. */
    void check(AtomicBoolean cut) throws BrokerException {
        if (down || cut.get()) {
            throw new BrokerException("down", null);
        }
    }

    /** Forgets all secrets that were deleted or rotated. */
    public void loseSecrets() {
        secrets.clear();
    }

    /** What one instance sees of it. */
    public Engine engine() {
        AtomicBoolean cut = new AtomicBoolean();
        cuts.add(cut);
        return new Engine(new MemoryBroker(cut), new MemoryDirectory(cut));
    }

    /** The instance that was the n-th to ask for an engine does not reach it any more. */
    public void cut(int n) {
        cuts.get(n).set(true);
    }

    private final class MemoryBroker implements Broker {
        private final AtomicBoolean cut;
        private volatile String own = "";

        MemoryBroker(AtomicBoolean cut) {
            this.cut = cut;
        }

        @Override
        public void subscribe(String instance, Receiver receiver) {
            synchronized (MemoryEngine.this) {
                own = instance;
                channels.put(instance, receiver);
            }
        }

        @Override
        public CompletionStage<Long> publish(String instance, byte[] message) {
            Receiver receiver;
            synchronized (MemoryEngine.this) {
                if (down || cut.get()) {
                    return CompletableFuture.failedFuture(new BrokerException("down", null));
                }
                receiver = channels.get(instance);
            }
            if (receiver == null) {
                return CompletableFuture.completedFuture(0L);
            }
            if (lost.test(message)) {
                return CompletableFuture.completedFuture(1L);
            }
            byte[] copy = Arrays.copyOf(message, message.length);
            CompletableFuture<Long> done = new CompletableFuture<>();
            Queue.of(receiver).add(() -> receiver.received(copy));
            done.complete(1L);
            return done;
        }

        @Override
        public boolean isConnected() {
            return !down && !cut.get();
        }

        @Override
        public void close() {
            synchronized (MemoryEngine.this) {
                channels.remove(own);
            }
        }
    }

    /** Hands messages over one after the other, on a thread of the receiver's. */
    private static final class Queue {
        private static final Map<Broker.Receiver, Queue> ALL = new HashMap<>();
        private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

        static Queue of(Broker.Receiver receiver) {
            synchronized (ALL) {
                return ALL.computeIfAbsent(receiver, one -> new Queue());
            }
        }

        synchronized void add(Runnable task) {
            last = last.thenRunAsync(task);
        }
    }

    /** What one instance sees of the secrets, which stay when it comes back empty. */
    private MemorySecrets secretsOf() {
        return new MemorySecrets(
                secrets,
                () -> {
                    if (down) {
                        throw new BrokerException("down", null);
                    }
                });
    }

    private final Map<String, String> policies = new ConcurrentHashMap<>();

    private final class MemoryDirectory implements Directory {
        private final AtomicBoolean cut;

        MemoryDirectory(AtomicBoolean cut) {
            this.cut = cut;
        }

        @Override
        public Leases leases() {
            return leases.seenBy(cut);
        }

        @Override
        public SecretStore secrets() {
            return secretsOf();
        }

        @Override
        public Holdings holdings() {
            return secretsOf();
        }

        @Override
        public PolicyStore policies() {
            return new PolicyStore() {
                @Override
                public void keep(String hash, String policy) throws BrokerException {
                    check(cut);
                    policies.put(hash, policy);
                }

                @Override
                public @Nullable String find(String hash) throws BrokerException {
                    check(cut);
                    return policies.get(hash);
                }
            };
        }

        @Override
        public long claim(String tunnel, String instance) throws BrokerException {
            synchronized (MemoryEngine.this) {
                check(cut);
                long generation = generations.merge(tunnel, 1L, Long::sum);
                claims.computeIfAbsent(tunnel, id -> new HashMap<>()).put(instance, generation);
                return generation;
            }
        }

        private boolean is(String tunnel, String instance, long generation) {
            Long now = claims.getOrDefault(tunnel, Map.of()).get(instance);
            return now != null && now == generation;
        }

        @Override
        public boolean renew(String tunnel, String instance, long generation)
                throws BrokerException {
            synchronized (MemoryEngine.this) {
                check(cut);
                return is(tunnel, instance, generation);
            }
        }

        @Override
        public boolean release(String tunnel, String instance, long generation)
                throws BrokerException {
            synchronized (MemoryEngine.this) {
                check(cut);
                boolean holds = is(tunnel, instance, generation);
                if (holds) {
                    claims.computeIfPresent(
                            tunnel,
                            (id, of) -> {
                                of.remove(instance);
                                return of;
                            });
                }
                return holds;
            }
        }

        @Override
        public List<Owner> owners(String tunnel) throws BrokerException {
            synchronized (MemoryEngine.this) {
                check(cut);
                Map<String, Long> of = claims.getOrDefault(tunnel, Map.of());
                of.keySet().removeIf(instance -> !lives(instance));
                List<Owner> owners = new ArrayList<>();
                of.forEach((instance, generation) ->
                        owners.add(new Owner(instance, generation, load(instance))));
                return owners;
            }
        }

        private int load(String instance) {
            return (int) heartbeats.getOrDefault(instance, new long[2])[1];
        }

        @Override
        public boolean beat(String instance, int load) throws BrokerException {
            synchronized (MemoryEngine.this) {
                check(cut);
                boolean lived = lives(instance);
                heartbeats.put(instance, new long[] {nanoTime.getAsLong(), load});
                return lived;
            }
        }

        @Override
        public void leave(String instance) throws BrokerException {
            synchronized (MemoryEngine.this) {
                check(cut);
                heartbeats.remove(instance);
            }
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
