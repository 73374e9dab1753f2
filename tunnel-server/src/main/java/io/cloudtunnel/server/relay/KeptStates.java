package io.cloudtunnel.server.relay;

import io.cloudtunnel.server.relay.SecretStore.Changes;
import io.cloudtunnel.server.relay.SecretStore.State;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a store has of secrets, in this process' memory. Not safe for use by several threads. */
public final class KeptStates {

    /** As many changes are kept in order. */
    public static final int MOST_CHANGES = 10_000;

    private final Map<String, State> states = new HashMap<>();
    private final LinkedHashMap<String, Long> changes = new LinkedHashMap<>(); // to their versions
    private final LinkedHashMap<String, Long> used = new LinkedHashMap<>(); // by time
    private long version;
    private long forgotten; // the version up to which changes are not kept in order
    private long usedSinceMillis;

    /**
     * Nothing is known yet.
     *
     * @param sinceMillis since when it is noted which tunnels are used, since 1970
     */
    public KeptStates(long sinceMillis) {
        usedSinceMillis = sinceMillis;
    }

    /** The state of a tunnel. */
    public State of(String tunnel) {
        return states.getOrDefault(tunnel, State.INITIAL);
    }

    /** Those of these tunnels that are not as they were at first. */
    public Map<String, State> of(Collection<String> tunnels) {
        Map<String, State> found = new HashMap<>();
        for (String tunnel : tunnels) {
            State state = states.get(tunnel);
            if (state != null) {
                found.put(tunnel, state);
            }
        }
        return found;
    }

    /** All states that were ever entered; not to be changed. */
    public Map<String, State> all() {
        return Collections.unmodifiableMap(states);
    }

    /** Enters a state, if it is later than the one that is there; says whether it was. */
    public boolean enter(String tunnel, State state) {
        State old = of(tunnel);
        if (old.or(state).equals(old)) {
            return false;
        }
        states.put(tunnel, state);
        changes.remove(tunnel);
        changes.put(tunnel, ++version);
        if (changes.size() > MOST_CHANGES) {
            forgotten = changes.pollFirstEntry().getValue();
        }
        return true;
    }

    /** The state after a rotation; null if a secret of this generation does not count. */
    public @Nullable State rotated(
            String tunnel, long generation, long nowMillis, long graceMillis) {
        State now = of(tunnel);
        return now.accepts(generation, nowMillis)
                ? new State(
                        false, Math.max(generation, now.generation()) + 1, nowMillis + graceMillis)
                : null;
    }

    /** As {@link SecretStore#since}. */
    public Changes since(long known) {
        if (version < known) {
            return new Changes(version, false, true, Map.of());
        }
        Map<String, State> found = new HashMap<>();
        changes.forEach((tunnel, at) -> {
            if (at > known) {
                found.put(tunnel, of(tunnel));
            }
        });
        return new Changes(version, known >= forgotten, false, found);
    }

    /** Takes note of when a tunnel was used, and forgets what was noted before another time. */
    public void use(String tunnel, long atMillis, long forgetBeforeMillis) {
        used.remove(tunnel);
        used.put(tunnel, atMillis);
        Map.Entry<String, Long> oldest = used.firstEntry();
        while (oldest != null && oldest.getValue() < forgetBeforeMillis) {
            used.pollFirstEntry();
            oldest = used.firstEntry();
        }
    }

    /** When tunnels were used last, the longest ago first; not to be changed. */
    public Map<String, Long> used() {
        return Collections.unmodifiableMap(used);
    }

    /** As {@link SecretStore#lastUsedMillis}. */
    public long lastUsedMillis(String tunnel) {
        return used.getOrDefault(tunnel, usedSinceMillis);
    }

    /** Since when it is noted which tunnels are used. */
    public long usedSinceMillis() {
        return usedSinceMillis;
    }

    /** It was noted before, too. */
    public void usedSince(long millis) {
        usedSinceMillis = millis;
    }
}
