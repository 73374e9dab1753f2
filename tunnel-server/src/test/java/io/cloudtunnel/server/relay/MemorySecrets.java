package io.cloudtunnel.server.relay;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Secrets and holdings within one process. */
final class MemorySecrets implements SecretStore, Holdings {

    /** What all that share it have. */
    static final class Data {
        private KeptStates states = new KeptStates(System.currentTimeMillis());
        private KeptHoldings holdings = new KeptHoldings(states);

        synchronized void clear() {
            states = new KeptStates(System.currentTimeMillis());
            holdings = new KeptHoldings(states);
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
            return data.states.of(tunnels);
        }
    }

    @Override
    public void delete(String tunnel) throws BrokerException {
        restore(Map.of(tunnel, State.DELETED));
        synchronized (data) {
            data.holdings.drop(tunnel);
        }
    }

    @Override
    public @Nullable State rotate(String tunnel, long generation, Duration grace)
            throws BrokerException {
        check.run();
        synchronized (data) {
            long now = System.currentTimeMillis();
            State next = data.states.rotated(tunnel, generation, now, grace.toMillis());
            if (next != null) {
                data.states.enter(tunnel, next);
            }
            return next;
        }
    }

    @Override
    public Changes since(long version) throws BrokerException {
        check.run();
        synchronized (data) {
            return data.states.since(version);
        }
    }

    @Override
    public void used(Collection<String> tunnels, Duration expiry) throws BrokerException {
        check.run();
        synchronized (data) {
            long now = System.currentTimeMillis();
            tunnels.forEach(tunnel -> data.states.use(tunnel, now, 0));
        }
    }

    @Override
    public long lastUsedMillis(String tunnel) throws BrokerException {
        check.run();
        synchronized (data) {
            return data.states.lastUsedMillis(tunnel);
        }
    }

    @Override
    public void restore(Map<String, State> states) throws BrokerException {
        check.run();
        synchronized (data) {
            states.forEach(data.states::enter);
        }
    }

    @Override
    public Taken take(String tunnel, String owner, int most) throws BrokerException {
        check.run();
        synchronized (data) {
            Taken taken = data.holdings.ask(tunnel, owner, most, System.currentTimeMillis());
            if (taken instanceof Taken.Yes yes && data.holdings.ownerOf(tunnel) == null) {
                data.holdings.take(tunnel, owner, yes.generation());
            }
            return taken;
        }
    }

    @Override
    public @Nullable State free(String name, long generation) throws BrokerException {
        check.run();
        synchronized (data) {
            State state = data.holdings.freed(name, generation, System.currentTimeMillis());
            if (state != null) {
                data.states.enter(name, state);
                data.holdings.drop(name);
            }
            return state;
        }
    }

    @Override
    public List<String> of(String owner) throws BrokerException {
        check.run();
        synchronized (data) {
            return data.holdings.of(owner);
        }
    }

    @Override
    public Names names(long version) throws BrokerException {
        check.run();
        synchronized (data) {
            return data.holdings.names(version);
        }
    }
}
