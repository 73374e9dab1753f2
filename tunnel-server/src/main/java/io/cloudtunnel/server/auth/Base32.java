package io.cloudtunnel.server.auth;

import org.jspecify.annotations.Nullable;

/** Base32 (RFC 4648, section 6) in lower case and without padding, so that ids are DNS labels. */
final class Base32 {

    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

    private Base32() {}

    /** Encodes a multiple of five bytes. */
    static String encode(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length * 8 / 5);
        for (int at = 0; at < bytes.length; at += 5) {
            long group = 0;
            for (int i = 0; i < 5; i++) {
                group = (group << 8) | (bytes[at + i] & 0xFF);
            }
            for (int shift = 35; shift >= 0; shift -= 5) {
                text.append(ALPHABET.charAt((int) (group >> shift) & 31));
            }
        }
        return text.toString();
    }

    /** Decodes a multiple of eight characters; null if there is another one among them. */
    static byte @Nullable [] decode(String text) {
        if (text.length() % 8 != 0) {
            return null;
        }
        byte[] bytes = new byte[text.length() / 8 * 5];
        for (int at = 0; at < text.length(); at += 8) {
            long group = 0;
            for (int i = 0; i < 8; i++) {
                int digit = ALPHABET.indexOf(text.charAt(at + i));
                if (digit < 0) {
                    return null;
                }
                group = (group << 5) | digit;
            }
            for (int i = 4; i >= 0; i--) {
                bytes[at / 8 * 5 + i] = (byte) group;
                group >>= 8;
            }
        }
        return bytes;
    }
}
