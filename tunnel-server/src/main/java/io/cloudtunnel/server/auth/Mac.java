package io.cloudtunnel.server.auth;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA-256 with one key. Safe for use by several threads. */
final class Mac {

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    private Mac(SecretKeySpec key) {
        this.key = key;
    }

    static Mac of(byte[] key) {
        return new Mac(new SecretKeySpec(key, ALGORITHM));
    }

    /** 32 bytes. */
    byte[] sign(byte[] message) {
        try {
            javax.crypto.Mac mac = javax.crypto.Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(message);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    byte[] sign(String message) {
        return sign(message.getBytes(StandardCharsets.UTF_8));
    }
}
