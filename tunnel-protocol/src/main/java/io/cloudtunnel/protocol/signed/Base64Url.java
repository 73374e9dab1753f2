package io.cloudtunnel.protocol.signed;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** base64url without padding (RFC 4648, section 5). */
final class Base64Url {

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private Base64Url() {}

    static String encode(byte[] bytes) {
        return ENCODER.encodeToString(bytes);
    }

    /** Bytes as ASCII. */
    static byte[] encodeToBytes(byte[] bytes) {
        return ENCODER.encode(bytes);
    }

    /** The 32 bytes that 43 characters are, leftover bits 0; null where they are not. */
    static byte @Nullable [] decode32(String text) {
        byte[] bytes = decode(text.getBytes(StandardCharsets.ISO_8859_1));
        boolean good =
                bytes != null
                        && bytes.length == Hmac.BYTES
                        && ENCODER.encodeToString(bytes).equals(text);
        return good ? bytes : null;
    }

    /** Null where it is malformed. */
    static byte @Nullable [] decode(byte[] ascii) {
        try {
            return Base64.getUrlDecoder().decode(ascii);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
