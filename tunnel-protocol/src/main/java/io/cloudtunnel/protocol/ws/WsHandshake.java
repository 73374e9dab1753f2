package io.cloudtunnel.protocol.ws;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/** The two keys of the opening handshake (RFC 6455, sections 1.3 and 4). */
public final class WsHandshake {

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int NONCE_BYTES = 16;
    private static final int KEY_CHARS = 24;

    private WsHandshake() {}

    /** A new {@code Sec-WebSocket-Key}: 16 random bytes in base64. */
    public static String newKey() {
        byte[] nonce = new byte[NONCE_BYTES];
        new SecureRandom().nextBytes(nonce);
        return Base64.getEncoder().encodeToString(nonce);
    }

    /** Whether a {@code Sec-WebSocket-Key} is base64 of 16 bytes (section 4.2.1). */
    public static boolean isValidKey(String secWebSocketKey) {
        if (secWebSocketKey.length() != KEY_CHARS) {
            return false;
        }
        try {
            return Base64.getDecoder().decode(secWebSocketKey).length == NONCE_BYTES;
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    /** The {@code Sec-WebSocket-Accept} that answers a {@code Sec-WebSocket-Key}. */
    public static String acceptKey(String secWebSocketKey) {
        byte[] text = (secWebSocketKey + GUID).getBytes(StandardCharsets.ISO_8859_1);
        return Base64.getEncoder().encodeToString(sha1().digest(text));
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
