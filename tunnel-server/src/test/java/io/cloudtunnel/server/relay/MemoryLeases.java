package io.cloudtunnel.server.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The leases of a {@link MemoryEngine}, guarded by it. */
final class MemoryLeases {

    private final MemoryEngine engine;
    private volatile Duration unknown = Leases.UNKNOWN;
    private final Map<String, State> states = new HashMap<>();
    private final Map<String, List<String>> replaced = new HashMap<>();

    private static final class State {
        private final String agent;
        private final Set<String> serving = new HashSet<>();
        private final Set<String> waiting = new HashSet<>();
        private @Nullable Long sinceNanos;
        private @Nullable String wanted;

        State(String agent, @Nullable Long sinceNanos) {
            this.agent = agent;
            this.sinceNanos = sinceNanos;
        }
    }

    MemoryLeases(MemoryEngine engine) {
        this.engine = engine;
    }

    /** Waits no longer than this for instances that are not known, so that a test is short. */
    void unknown(Duration atMost) {
        unknown = atMost;
    }

    /** Called with the engine's monitor held. */
    void clear() {
        states.clear();
        replaced.clear();
    }

    private boolean isReplaced(String tunnel, String agent) {
        return replaced.getOrDefault(tunnel, List.of()).contains(agent);
    }

    private void replace(String tunnel, String agent) {
        replaced.computeIfAbsent(tunnel, id -> new ArrayList<>()).add(agent);
    }

    /** What one instance sees of them. */
    Leases seenBy(AtomicBoolean cut) {
        return new View(cut);
    }

    private final class View implements Leases {
        private final AtomicBoolean cut;

        View(AtomicBoolean cut) {
            this.cut = cut;
        }

        @Override
        public Answer take(String tunnel, String agent, String instance) throws BrokerException {
            synchronized (engine) {
                engine.check(cut);
                if (isReplaced(tunnel, agent)) {
                    return new Replaced();
                }
                State state =
                        states.computeIfAbsent(tunnel, id -> new State(agent, engine.nanos()));
                Set<String> others = engine.owners(tunnel);
                others.remove(instance);
                if (!state.agent.equals(agent)) {
                    Set<String> serving = new HashSet<>(state.serving);
                    serving.removeIf(each -> !engine.lives(each));
                    if (!serving.isEmpty()) {
                        state.wanted = agent;
                        others.addAll(serving);
                        return new Taken(others);
                    }
                    replace(tunnel, state.agent);
                    state = new State(agent, state.sinceNanos);
                    states.put(tunnel, state);
                }
                others.removeAll(state.serving);
                Long since = state.sinceNanos;
                if (!others.isEmpty()
                        || (since != null && engine.nanos() - since < unknown.toNanos())) {
                    state.waiting.add(instance);
                    return new Taken(others);
                }
                state.sinceNanos = null;
                state.waiting.remove(instance);
                state.serving.add(instance);
                return new Held();
            }
        }

        @Override
        public void giveUp(String tunnel, String agent, String instance, boolean isReplaced)
                throws BrokerException {
            synchronized (engine) {
                engine.check(cut);
                if (isReplaced) {
                    replace(tunnel, agent);
                }
                State state = states.get(tunnel);
                if (state != null && state.agent.equals(agent)) {
                    state.serving.remove(instance);
                    state.waiting.remove(instance);
                }
            }
        }

        @Override
        public @Nullable Lease find(String tunnel) throws BrokerException {
            synchronized (engine) {
                engine.check(cut);
                State state = states.get(tunnel);
                if (state == null) {
                    return null;
                }
                boolean counts =
                        state.serving.stream().anyMatch(engine::lives)
                                || state.waiting.stream().anyMatch(engine::lives);
                return counts ? new Lease(state.agent, state.wanted) : null;
            }
        }
    }
}
