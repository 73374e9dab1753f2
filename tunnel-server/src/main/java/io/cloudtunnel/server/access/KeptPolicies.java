package io.cloudtunnel.server.access;

import io.cloudtunnel.server.relay.BrokerException;
import io.cloudtunnel.server.relay.PolicyStore;
import java.lang.System.Logger.Level;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The policies that were given at registration, for links that cannot say one: in JSON mode. Here
 * are those used last, and all of them are with what instances share, where there is that. An
 * instance that has not a link's policy serves nobody on it. Safe for use by several threads.
 */
public final class KeptPolicies {

    /** What a secret has instead of a hash. */
    public static final String NONE = "-";

    private static final int MOST_CHARACTERS = 8 << 20; // of all that are here

    private final @Nullable PolicyStore store;
    private final Object monitor = new Object(); // guards what follows; held for memory only
    private final Map<String, String> here = new LinkedHashMap<>(16, 0.75f, true); // see above
    private int characters;

    /** None yet; those that others keep are found, where there is a store. */
    public KeptPolicies(@Nullable PolicyStore store) {
        this.store = store;
    }

    /**
     * Keeps a policy.
     *
     * @param policy as JSON
     * @return the hash that a secret has of it
     * @throws IllegalArgumentException if it is wrong; the message names the key and the problem
     * @throws BrokerException if it cannot be shared
     */
    public String keep(String policy) throws BrokerException, InterruptedException {
        Guards.check(policy);
        String hash = Guards.hash(policy);
        if (store != null) {
            store.keep(hash, policy);
        }
        put(hash, policy);
        return hash;
    }

    /**
     * The policy of this hash; null where it is not known, or cannot be asked for. May wait for a
     * second.
     */
    public @Nullable String find(String hash) throws InterruptedException {
        synchronized (monitor) {
            String known = here.get(hash);
            if (known != null) {
                return known;
            }
        }
        if (store == null) {
            return null;
        }
        try {
            String found = store.find(hash);
            if (found != null) {
                put(hash, found);
            }
            return found;
        } catch (BrokerException e) {
            Guards.LOGGER.log(
                    Level.WARNING, "the policy of a link cannot be asked for: {0}", e.getMessage());
            return null;
        }
    }

    private void put(String hash, String policy) {
        synchronized (monitor) {
            if (here.put(hash, policy) == null) {
                characters += policy.length();
            }
            Iterator<String> eldest = here.values().iterator();
            while (characters > MOST_CHARACTERS) {
                characters -= eldest.next().length();
                eldest.remove();
            }
        }
    }
}
