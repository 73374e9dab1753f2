package io.cloudtunnel.program;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A password as it is kept: {@code pbkdf2-sha256:ROUNDS:SALT:HASH}, salt and hash as base64url
 * without padding. Immutable.
 */
public final class PasswordHash {

    private static final int ROUNDS = 600_000;
    private static final int LEAST_ROUNDS = 10_000;

    /** Whoever names more would make the one who checks work for seconds. */
    private static final int MOST_ROUNDS = 2_000_000;

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final Pattern FORM =
            Pattern.compile(
                    "pbkdf2-sha256:([1-9]\\d{4,6}):([A-Za-z0-9_-]{11,86}):([A-Za-z0-9_-]{43})");

    private final int rounds;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(int rounds, byte[] salt, byte[] hash) {
        this.rounds = rounds;
        this.salt = salt;
        this.hash = hash;
    }

    /** Hashes a password with a salt of its own; takes some 150 ms of CPU. */
    public static PasswordHash of(String password) {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        return new PasswordHash(ROUNDS, salt, derive(password, salt, ROUNDS));
    }

    /**
     * Reads a hash.
     *
     * @throws IllegalArgumentException if it has another form; the message does not repeat it
     */
    public static PasswordHash parse(String text) {
        Matcher parts = FORM.matcher(text);
        int rounds = parts.matches() ? Integer.parseInt(parts.group(1)) : 0;
        if (rounds < LEAST_ROUNDS || rounds > MOST_ROUNDS) {
            throw new IllegalArgumentException(
                    "a password must be hashed, as pbkdf2-sha256:ROUNDS:SALT:HASH with "
                            + LEAST_ROUNDS
                            + " to "
                            + MOST_ROUNDS
                            + " rounds; make one with: java -jar tunnel-agent.jar hash-password");
        }
        return new PasswordHash(
                rounds,
                Base64.getUrlDecoder().decode(parts.group(2)),
                Base64.getUrlDecoder().decode(parts.group(3)));
    }

    /** Whether this is the password; the time that it takes says nothing about it. */
    public boolean matches(String password) {
        return MessageDigest.isEqual(hash, derive(password, salt, rounds));
    }

    private static byte[] derive(String password, byte[] salt, int rounds) {
        PBEKeySpec spec =
                new PBEKeySpec(password.toCharArray(), salt, rounds, HASH_BYTES * Byte.SIZE);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has PBKDF2WithHmacSHA256", e);
        } finally {
            spec.clearPassword();
        }
    }

    /** The form in which it is kept. */
    public String text() {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return "pbkdf2-sha256:"
                + rounds
                + ":"
                + base64.encodeToString(salt)
                + ":"
                + base64.encodeToString(hash);
    }

    /** Not the hash, by which passwords can be guessed. */
    @Override
    public String toString() {
        return "PasswordHash[rounds=" + rounds + "]";
    }
}
