package io.cloudtunnel.server.auth;

import io.cloudtunnel.protocol.frame.Fields;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may register a tunnel. Immutable.
 *
 * <p>With nothing configured only this machine may: a server that others can reach does not give
 * tunnels to strangers because somebody forgot a setting.
 */
public final class RegistrationPolicy {

    /** The modes of {@code REGISTRATION}. */
    public enum Mode {
        /** Anyone may. */
        OPEN,
        /** Whoever has a key may. */
        KEYS,
        /** Whoever is on this machine may. */
        LOOPBACK
    }

    /** The answer to somebody who wants to register. */
    public sealed interface Decision {
        /**
         * Yes.
         *
         * @param who the name of the key, null where none was needed
         */
        record Allowed(@Nullable String who) implements Decision {}

        /**
         * No.
         *
         * @param status the status of the answer
         * @param code the value of {@code Cloudtunnel-Error}
         * @param text says why, and the ways out
         */
        record Refused(int status, String code, String text) implements Decision {}
    }

    private static final String BEARER = "Bearer ";
    private static final String HASH = "sha256:";
    private static final Set<String> FORWARDING = Set.of("forwarded", "x-real-ip", "via");

    private final Mode mode;
    private final Map<String, String> keys; // name to key
    private final boolean reachableByOthers;
    private final @Nullable String cloudRunService;

    /**
     * A policy.
     *
     * @param mode the mode, null where none is configured
     * @param keys keys by name, or their hashes as {@code sha256:HEX}
     * @param publicBaseUrl where the public finds this server, null where it is not configured
     * @param cloudRunService the name of the service on Cloud Run, null elsewhere
     */
    public RegistrationPolicy(
            @Nullable Mode mode,
            Map<String, String> keys,
            @Nullable URI publicBaseUrl,
            @Nullable String cloudRunService) {
        this.mode = mode != null ? mode : keys.isEmpty() ? Mode.LOOPBACK : Mode.KEYS;
        this.keys = Map.copyOf(keys);
        this.cloudRunService = cloudRunService;
        this.reachableByOthers =
                cloudRunService != null
                        || (publicBaseUrl != null && !Loopback.isLoopback(publicBaseUrl.getHost()));
    }

    /**
     * Reads {@code name:key,name:key}.
     *
     * @throws IllegalArgumentException if it has another form; the message holds no key
     */
    public static Map<String, String> parseKeys(String text) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            int colon = part.indexOf(':');
            String name = colon < 0 ? "" : part.substring(0, colon).strip();
            String key = part.substring(colon + 1).strip();
            if (name.isEmpty() || key.length() < 16 || isBadHash(key)) {
                throw new IllegalArgumentException(
                        "name:key,name:key, each key of at least 16 characters, for example those"
                                + " of: openssl rand -hex 24, or sha256: and 64 hexadecimal digits"
                                + " in small letters");
            }
            if (keys.put(name, key) != null) {
                throw new IllegalArgumentException("names that differ from each other");
            }
        }
        return keys;
    }

    /**
     * Reads a key in each line, as {@code name:key}; what follows a {@code #} at the beginning of a
     * line is left out.
     *
     * @throws IllegalArgumentException if a line has another form; the message holds no key
     */
    public static Map<String, String> parseKeyLines(String text) {
        Map<String, String> keys = new LinkedHashMap<>();
        int number = 0;
        for (String line : text.lines().map(String::strip).toList()) {
            number++;
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                parseKeys(line)
                        .forEach((name, key) -> {
                            if (keys.put(name, key) != null) {
                                throw new IllegalArgumentException(
                                        "names that differ from each other");
                            }
                        });
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("in line " + number + ": " + e.getMessage(), e);
            }
        }
        return keys;
    }

    /** The mode in force. */
    public Mode mode() {
        return mode;
    }

    /**
     * Decides about a request.
     *
     * @param peerHost the address that the connection comes from
     * @param fields the request's fields
     */
    public Decision decide(String peerHost, Fields fields) {
        return switch (mode) {
            case OPEN -> new Decision.Allowed(null);
            case KEYS -> byKey(bearerToken(fields.first("Authorization")));
            case LOOPBACK -> isLocal(peerHost, fields) ? new Decision.Allowed(null) : closed();
        };
    }

    private static boolean isBadHash(String key) {
        return key.startsWith(HASH) && !key.matches(HASH + "[0-9a-f]{64}");
    }

    private Decision byKey(@Nullable String given) {
        String who = null;
        if (given != null) {
            for (Map.Entry<String, String> key : keys.entrySet()) { // all of them: constant time
                String asked = key.getValue().startsWith(HASH) ? hash(given) : given;
                if (Credentials.constantTimeEquals(key.getValue(), asked)) {
                    who = key.getKey();
                }
            }
        }
        if (who != null) {
            return new Decision.Allowed(who);
        }
        return new Decision.Refused(
                401,
                "bad-api-key",
                (given == null ? "Registration needs a key: " : "This key may not register here: ")
                        + "give the agent one of the server's API_KEYS with --api-key KEY, or as"
                        + " TUNNEL_API_KEY.");
    }

    /** As it may stand in a file: keys are random and long, so a plain hash does. */
    static String hash(String key) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(key.getBytes(StandardCharsets.UTF_8));
            return HASH + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The token of an {@code Authorization} value of the scheme Bearer, null for another. */
    public static @Nullable String bearerToken(@Nullable String value) {
        return value != null && value.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? value.substring(BEARER.length()).strip()
                : null;
    }

    private boolean isLocal(String peerHost, Fields fields) {
        String host = fields.first("Host");
        return !reachableByOthers
                && Loopback.isLoopback(peerHost)
                && host != null
                && Loopback.isLoopback(Loopback.withoutPort(host))
                && fields.filter((name, value) -> isForwarding(name)).size() == 0;
    }

    /** Whether only a proxy sends such a field. */
    private static boolean isForwarding(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return FORWARDING.contains(lower) || lower.startsWith("x-forwarded-");
    }

    private Decision closed() {
        String withKeys =
                cloudRunService == null
                        ? "API_KEYS=me:$KEY java -jar tunnel-server.jar"
                        : "gcloud run services update "
                                + cloudRunService
                                + " --update-env-vars API_KEYS=me:$KEY";
        String open =
                cloudRunService == null
                        ? "REGISTRATION=open java -jar tunnel-server.jar"
                        : "gcloud run services update "
                                + cloudRunService
                                + " --update-env-vars REGISTRATION=open";
        return new Decision.Refused(
                403,
                "registration-closed",
                """
                Registration is closed: this server can be reached by others, and nobody has said who may register.
                Either give keys to those who may (and what is printed to the agent, with --api-key):
                  KEY=$(openssl rand -hex 24); echo $KEY
                  %s
                or let anyone register:
                  %s\
                """
                        .formatted(withKeys, open));
    }
}
