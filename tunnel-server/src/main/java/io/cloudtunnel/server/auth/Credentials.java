package io.cloudtunnel.server.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Issues and verifies ids and secrets with nothing stored; docs/protocol.md, "Credentials". Safe
 * for use by several threads.
 */
public final class Credentials {

    /** The length of an id in characters. */
    public static final int ID_LENGTH = 32;

    /** The greatest length of a secret in characters. */
    public static final int LONGEST_SECRET = 512;

    private static final int RANDOM_BYTES = 15;
    private static final int ID_MAC_BYTES = 5;
    private static final int NONCE_BYTES = 24;
    private static final int MAC_LENGTH = 43; // in characters
    private static final String VERSION = "ct1";
    private static final String NUMBER = "\\.(0|[1-9]\\d{0,18})";
    private static final Pattern FORM =
            Pattern.compile(
                    VERSION
                            + "\\.([A-Za-z0-9_-]{1,32})\\.([a-z0-9-]{3,32})"
                            + NUMBER.repeat(3)
                            + "\\.(-|[A-Za-z0-9_-]{43})\\.[A-Za-z0-9_-]{32}\\.([A-Za-z0-9_-]{43})");

    private final TunnelKeys keys;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** Credentials under these keys. */
    public Credentials(TunnelKeys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * What an agent gets.
     *
     * @param id names the tunnel; part of its URL, so no secret
     * @param secret proves that the tunnel is the agent's
     */
    public record Pair(String id, String secret) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Pair[" + id + "]";
        }
    }

    /** What a pair is worth. */
    public enum Verdict {
        /** It opens the tunnel. */
        VALID,
        /** It was issued here, and has expired. */
        EXPIRED,
        /** It was not issued with any of our keys, or not for this id. */
        INVALID
    }

    /** A new tunnel whose secret asks for no policy. */
    public Pair issue() {
        return issue("-");
    }

    /**
     * A new tunnel.
     *
     * @param policyHash of the policy that its secret asks for; {@code -} for none
     */
    public Pair issue(String policyHash) {
        byte[] bytes = new byte[RANDOM_BYTES + ID_MAC_BYTES];
        byte[] start = new byte[RANDOM_BYTES];
        random.nextBytes(start);
        System.arraycopy(start, 0, bytes, 0, RANDOM_BYTES);
        byte[] mac = keys.signing().forIds().sign(start);
        System.arraycopy(mac, 0, bytes, RANDOM_BYTES, ID_MAC_BYTES);
        return issueFor(Base32.encode(bytes), 0, policyHash);
    }

    /**
     * A new secret for an id that is known.
     *
     * @param policyHash as {@link #issue(String)}
     */
    public Pair issueFor(String id, long generation, String policyHash) {
        TunnelKeys.Key key = keys.signing();
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        String claims =
                String.join(
                        ".",
                        VERSION,
                        key.id(),
                        id,
                        Long.toString(generation),
                        Long.toString(clock.instant().getEpochSecond()),
                        "0", // never expires
                        policyHash,
                        base64(nonce));
        return new Pair(id, claims + "." + base64(key.forSecrets().sign(claims)));
    }

    /** Whether an id was made with one of our keys; a chosen name never is. */
    public boolean knows(String id) {
        if (id.length() != ID_LENGTH) {
            return false;
        }
        byte[] bytes = Base32.decode(id);
        if (bytes == null) {
            return false;
        }
        byte[] start = Arrays.copyOf(bytes, RANDOM_BYTES);
        byte[] mac = Arrays.copyOfRange(bytes, RANDOM_BYTES, bytes.length);
        boolean known = false;
        for (TunnelKeys.Key key : keys.all()) {
            byte[] expected = Arrays.copyOf(key.forIds().sign(start), ID_MAC_BYTES);
            known |= MessageDigest.isEqual(expected, mac);
        }
        return known;
    }

    /** Verifies a pair; the time that it takes says nothing about the secret. */
    public Verdict verify(String id, String secret) {
        if (secret.length() > LONGEST_SECRET || !(knows(id) || TunnelNames.isName(id))) {
            return Verdict.INVALID;
        }
        Matcher parts = FORM.matcher(secret);
        if (!parts.matches()
                || !parts.group(2).equals(id)
                || !(isNumber(parts.group(3))
                        && isNumber(parts.group(4))
                        && isNumber(parts.group(5)))) {
            return Verdict.INVALID;
        }
        TunnelKeys.Key key = keys.byId(parts.group(1));
        if (key == null) {
            return Verdict.INVALID;
        }
        String claims = secret.substring(0, secret.lastIndexOf('.'));
        String mac = base64(key.forSecrets().sign(claims));
        if (!constantTimeEquals(mac, parts.group(7))) {
            return Verdict.INVALID;
        }
        long expires = Long.parseLong(parts.group(5));
        boolean over = expires != 0 && clock.instant().getEpochSecond() >= expires;
        return over ? Verdict.EXPIRED : Verdict.VALID;
    }

    /**
     * The secret that has these claims, whether it was ever issued or not, for who has to prove
     * that it knows it.
     *
     * @param claims a secret without its last dot and its MAC
     * @return to be verified, and never to be told; null where the form is wrong or the key unknown
     */
    public @Nullable String complete(String claims) {
        if (claims.length() > LONGEST_SECRET) {
            return null;
        }
        Matcher parts = FORM.matcher(claims + "." + "A".repeat(MAC_LENGTH));
        TunnelKeys.Key key = parts.matches() ? keys.byId(parts.group(1)) : null;
        return key == null ? null : claims + "." + base64(key.forSecrets().sign(claims));
    }

    /** The generation of a secret that was verified. */
    public static long generation(String secret) {
        Matcher parts = FORM.matcher(secret);
        if (!parts.matches()) {
            throw new IllegalArgumentException("no secret");
        }
        return Long.parseLong(parts.group(3));
    }

    /**
     * When a secret was issued, in seconds since 1970.
     *
     * @throws IllegalArgumentException if it has not the form of one
     */
    public static long issuedSeconds(String secret) {
        Matcher parts = FORM.matcher(secret);
        if (!parts.matches()) {
            throw new IllegalArgumentException("no secret");
        }
        return Long.parseLong(parts.group(4));
    }

    /** The hash of the policy that a secret that was verified asks for, or {@code -}. */
    public static String policyHash(String secret) {
        Matcher parts = FORM.matcher(secret);
        if (!parts.matches()) {
            throw new IllegalArgumentException("no secret");
        }
        return parts.group(6);
    }

    /** Whether digits are at most 2^63 - 1. */
    private static boolean isNumber(String digits) {
        String most = Long.toString(Long.MAX_VALUE);
        return digits.length() < most.length() || digits.compareTo(most) <= 0;
    }

    /** Compares two texts in a time that depends on their lengths only. */
    public static boolean constantTimeEquals(String one, String other) {
        return MessageDigest.isEqual(
                one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
