package io.cloudtunnel.protocol.signed;

import java.util.Arrays;
import javax.crypto.Mac;

/**
 * HKDF with SHA-256 (RFC 5869). The JDK has had one of its own since 25 only, and this code runs on
 * 21.
 */
final class Hkdf {

    private static final int MOST_BYTES = 255 * Hmac.BYTES;

    private Hkdf() {}

    /**
     * The pseudorandom key (section 2.2).
     *
     * @param salt empty for none
     */
    static byte[] extract(byte[] salt, byte[] inputKey) {
        byte[] key = salt.length == 0 ? new byte[Hmac.BYTES] : salt;
        return Hmac.keyed(key).doFinal(inputKey);
    }

    /** So many bytes of output (section 2.3); at most 8160. */
    static byte[] expand(byte[] pseudorandomKey, byte[] info, int length) {
        if (length > MOST_BYTES) {
            throw new IllegalArgumentException("at most " + MOST_BYTES + " bytes");
        }
        Mac mac = Hmac.keyed(pseudorandomKey);
        byte[] output = new byte[length];
        byte[] block = new byte[0];
        for (int at = 0, number = 1; at < length; at += Hmac.BYTES, number++) {
            mac.update(block);
            mac.update(info);
            mac.update((byte) number);
            block = mac.doFinal();
            System.arraycopy(block, 0, output, at, Math.min(block.length, length - at));
        }
        Arrays.fill(block, (byte) 0);
        return output;
    }
}
