package io.cloudtunnel.protocol.signed;

import io.cloudtunnel.protocol.frame.Bytes;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * 32 bytes that were never used before: what makes the keys of one link those of no other.
 *
 * @param bytes of them
 */
public record Nonce(Bytes bytes) {

    /** The field of a handshake, and of its answer. */
    public static final String FIELD = "Cloudtunnel-Nonce";

    private static final SecureRandom RANDOM = new SecureRandom();

    /** A new one. */
    public static Nonce random() {
        byte[] bytes = new byte[Hmac.BYTES];
        RANDOM.nextBytes(bytes);
        return new Nonce(Bytes.wrap(bytes));
    }

    /** From a field's value; null if that is malformed or missing. */
    public static @Nullable Nonce parse(@Nullable String text) {
        byte[] bytes = text == null ? null : Base64Url.decode32(text);
        return bytes == null ? null : new Nonce(Bytes.wrap(bytes));
    }

    /** As a field's value. */
    @Override
    public String toString() {
        return Base64Url.encode(bytes.toByteArray());
    }
}
