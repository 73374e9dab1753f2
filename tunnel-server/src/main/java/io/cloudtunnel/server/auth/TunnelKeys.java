package io.cloudtunnel.server.auth;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys that ids and secrets are signed with; docs/protocol.md, "Credentials". The first one
 * signs, all of them verify. Immutable.
 */
public final class TunnelKeys {

    private static final int LEAST_BYTES = 32;
    private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9_-]{1,32}");
    private static final String DEFAULT_ID = "k0";

    /**
     * One key, and what is derived from it.
     *
     * @param id names it within secrets
     * @param forIds signs tunnel ids
     * @param forSecrets signs secrets
     */
    record Key(String id, Mac forIds, Mac forSecrets) {
        static Key of(String id, byte[] key) {
            Mac root = Mac.of(key);
            return new Key(
                    id,
                    Mac.of(root.sign("cloudtunnel id v1")),
                    Mac.of(root.sign("cloudtunnel secret v1")));
        }

        /** The id only: the rest is secret. */
        @Override
        public String toString() {
            return "Key[" + id + "]";
        }
    }

    private final List<Key> keys;

    private TunnelKeys(List<Key> keys) {
        this.keys = List.copyOf(keys);
    }

    /** A key of this process only. */
    public static TunnelKeys random() {
        byte[] key = new byte[LEAST_BYTES];
        new SecureRandom().nextBytes(key);
        return new TunnelKeys(List.of(Key.of(DEFAULT_ID, key)));
    }

    /**
     * Reads a key, or keys with ids: {@code key} or {@code id:key,id:key}.
     *
     * @throws IllegalArgumentException if it has another form or a key is too short; the message
     *     holds nothing of the keys
     */
    public static TunnelKeys parse(String text) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            int colon = part.indexOf(':');
            String id = colon < 0 ? DEFAULT_ID : part.substring(0, colon).strip();
            if (keys.put(id, part.substring(colon + 1).strip()) != null) {
                throw new IllegalArgumentException("two keys have the same id");
            }
        }
        return of(keys);
    }

    /** Keys by their ids, in this order; they may have commas in them. */
    static TunnelKeys of(Map<String, String> keysById) {
        List<Key> keys = new ArrayList<>();
        keysById.forEach((id, text) -> {
            byte[] key = text.getBytes(StandardCharsets.UTF_8);
            if (!KEY_ID.matcher(id).matches()) {
                throw new IllegalArgumentException(
                        "a key's id has 1 to 32 letters, digits, '-' or '_'");
            }
            if (key.length < LEAST_BYTES) {
                throw new IllegalArgumentException(
                        "a key has at least 32 characters, for example those of: openssl rand -hex"
                                + " 32");
            }
            keys.add(Key.of(id, key));
        });
        return new TunnelKeys(keys);
    }

    Key signing() {
        return keys.getFirst();
    }

    @Nullable Key byId(String id) {
        return keys.stream().filter(key -> key.id().equals(id)).findFirst().orElse(null);
    }

    List<Key> all() {
        return keys;
    }
}
