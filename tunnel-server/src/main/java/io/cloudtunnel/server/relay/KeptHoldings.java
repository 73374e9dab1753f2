package io.cloudtunnel.server.relay;

import io.cloudtunnel.server.auth.TunnelNames;
import io.cloudtunnel.server.relay.Holdings.Names;
import io.cloudtunnel.server.relay.Holdings.Taken;
import io.cloudtunnel.server.relay.SecretStore.State;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a store has of holdings, in this process' memory. Not safe for use by several threads. */
public final class KeptHoldings {

    private final KeptStates states;
    private final Map<String, String> owners = new HashMap<>(); // by tunnel
    private final Map<String, Set<String>> held = new HashMap<>(); // by owner
    private final Set<String> names = new LinkedHashSet<>();
    private long version = 1;

    /** Of tunnels with these states. */
    public KeptHoldings(KeptStates states) {
        this.states = states;
    }

    /** What {@link Holdings#take} would answer; nothing is changed. */
    public Taken ask(String tunnel, String owner, int most, long nowMillis) {
        String now = owners.get(tunnel);
        if (owner.equals(now)) {
            return new Taken.Yes(states.of(tunnel).generation());
        }
        if (now != null) {
            return new Taken.OfAnother();
        }
        boolean name = TunnelNames.isName(tunnel);
        if (of(owner).size() >= most || (name && names.size() >= Holdings.MOST_NAMES)) {
            return new Taken.TooMany();
        }
        long earlier = states.of(tunnel).generation();
        return new Taken.Yes(name ? Math.max(earlier + 1, nowMillis / 1000) : 0);
    }

    /** Whose a tunnel is; null where nobody knows. */
    public @Nullable String ownerOf(String tunnel) {
        return owners.get(tunnel);
    }

    /** It is so from now on. */
    public void take(String tunnel, String owner, long generation) {
        drop(tunnel);
        owners.put(tunnel, owner);
        held.computeIfAbsent(owner, one -> new LinkedHashSet<>()).add(tunnel);
        if (TunnelNames.isName(tunnel)) {
            boolean ignored = states.enter(tunnel, new State(false, generation, 0));
            names.add(tunnel);
            version++;
        }
    }

    /** The state of a name that is freed; null if a secret of this generation does not count. */
    public @Nullable State freed(String name, long generation, long nowMillis) {
        State now = states.of(name);
        return now.accepts(generation, nowMillis)
                ? new State(false, Math.max(generation, now.generation()) + 1, 0)
                : null;
    }

    /** The tunnel is nobody's any more. */
    public void drop(String tunnel) {
        String owner = owners.remove(tunnel);
        if (owner != null) {
            held.computeIfPresent(
                    owner,
                    (one, of) -> {
                        of.remove(tunnel);
                        return of.isEmpty() ? null : of;
                    });
        }
        if (names.remove(tunnel)) {
            version++;
        }
    }

    /** The tunnels of an owner. */
    public List<String> of(String owner) {
        return List.copyOf(held.getOrDefault(owner, Set.of()));
    }

    /** The owners of all tunnels; not to be changed. */
    public Map<String, String> all() {
        return Collections.unmodifiableMap(owners);
    }

    /** As {@link Holdings#names}: all of them where there was any change. */
    public Names names(long known) {
        return known == version
                ? new Names(version, false, false, Set.of(), Set.of())
                : new Names(version, true, false, Set.copyOf(names), Set.of());
    }
}
