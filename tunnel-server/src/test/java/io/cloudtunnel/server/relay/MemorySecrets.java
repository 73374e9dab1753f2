package io.cloudtunnel.server.relay;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Secrets within one process. */
final class MemorySecrets implements SecretStore {

    /** What all that share it have. */
    static final class Data {
        private final Map<String, State> states = new HashMap<>();
        private final Map<String, Long> changes = new LinkedHashMap<>();
        private long version;
        private final Map<String, Long> used = new HashMap<>();
        private long usedSince = System.currentTimeMillis();

        private synchronized void enter(String tunnel, State state) {
            State old = states.getOrDefault(tunnel, State.INITIAL);
            State now = old.or(state);
            if (!now.equals(old)) {
                states.put(tunnel, now);
                changes.put(tunnel, ++version);
            }
        }

        synchronized void clear() {
            states.clear();
            changes.clear();
            version = 0;
            used.clear();
            usedSince = System.currentTimeMillis();
        }
    }

    /** Fails where it cannot be reached. */
    interface Check {
        void run() throws BrokerException;
    }

    private final Data data;
    private final Check check;

    MemorySecrets(Data data, Check check) {
        this.data = data;
        this.check = check;
    }

    @Override
    public Map<String, State> states(Collection<String> tunnels) throws BrokerException {
        check.run();
        synchronized (data) {
            Map<String, State> found = new HashMap<>(data.states);
            found.keySet().retainAll(tunnels);
            return found;
        }
    }

    @Override
    public void delete(String tunnel) throws BrokerException {
        check.run();
        data.enter(tunnel, State.DELETED);
    }

    @Override
    public @Nullable State rotate(String tunnel, long generation, Duration grace)
            throws BrokerException {
        check.run();
        synchronized (data) {
            State now = data.states.getOrDefault(tunnel, State.INITIAL);
            long millis = System.currentTimeMillis();
            if (!now.accepts(generation, millis)) {
                return null;
            }
            State next =
                    new State(
                            false,
                            Math.max(generation, now.generation()) + 1,
                            millis + grace.toMillis());
            data.enter(tunnel, next);
            return next;
        }
    }

    @Override
    public Changes since(long version) throws BrokerException {
        check.run();
        synchronized (data) {
            Map<String, State> states = new HashMap<>();
            data.changes.forEach((tunnel, at) -> {
                if (at > version) {
                    states.put(tunnel, data.states.get(tunnel));
                }
            });
            return new Changes(data.version, true, data.version < version, states);
        }
    }

    @Override
    public void used(Collection<String> tunnels, Duration expiry) throws BrokerException {
        check.run();
        synchronized (data) {
            tunnels.forEach(tunnel -> data.used.put(tunnel, System.currentTimeMillis()));
        }
    }

    @Override
    public long lastUsedMillis(String tunnel) throws BrokerException {
        check.run();
        synchronized (data) {
            return data.used.getOrDefault(tunnel, data.usedSince);
        }
    }

    @Override
    public void restore(Map<String, State> states) throws BrokerException {
        check.run();
        states.forEach(data::enter);
    }
}
