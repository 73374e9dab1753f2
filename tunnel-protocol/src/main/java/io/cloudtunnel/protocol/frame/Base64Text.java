package io.cloudtunnel.protocol.frame;

import java.util.Base64;

/**
 * Decodes a JSON string of base64 (RFC 4648, section 4) straight from the message's bytes. Padding
 * may be missing; anything else that is not in the alphabet is refused.
 */
final class Base64Text {

    private static final int HEX = 16;
    private static final int UNICODE_ESCAPE = 6; // such as backslash u002b

    private Base64Text() {}

    /**
     * Decodes one string.
     *
     * @param start the index behind its opening quote
     * @throws BadMember if it is not base64; whether it is JSON is for the parser to find out
     */
    static Bytes decode(Bytes text, int start) throws BadMember {
        int end = start;
        boolean escaped = false;
        while (end < text.length() && text.at(end) != '"') {
            boolean escape = text.at(end) == '\\';
            escaped |= escape;
            end += escape ? 2 : 1; // an escaped quote is not the end
        }
        byte[] base64 = text.slice(start, Math.min(end, text.length())).toByteArray();
        try {
            return Bytes.wrap(Base64.getDecoder().decode(escaped ? unescape(base64) : base64));
        } catch (IllegalArgumentException e) {
            throw new BadMember("body is not base64");
        }
    }

    /** Some senders write a slash, or a plus, as an escape; no other can be in base64. */
    private static byte[] unescape(byte[] escaped) throws BadMember {
        byte[] plain = new byte[escaped.length];
        int length = 0;
        for (int i = 0; i < escaped.length; length++) {
            if (escaped[i] != '\\') {
                plain[length] = escaped[i++];
            } else if (i + 1 < escaped.length && escaped[i + 1] == '/') {
                plain[length] = '/';
                i += 2;
            } else {
                plain[length] = unicode(escaped, i);
                i += UNICODE_ESCAPE;
            }
        }
        return Bytes.wrap(plain, 0, length).toByteArray();
    }

    private static byte unicode(byte[] escaped, int at) throws BadMember {
        int value = -1;
        if (at + UNICODE_ESCAPE <= escaped.length && escaped[at + 1] == 'u') {
            value = 0;
            for (int i = at + 2; i < at + UNICODE_ESCAPE; i++) {
                int digit = Character.digit(escaped[i], HEX);
                value = digit < 0 || value < 0 ? -1 : value * HEX + digit;
            }
        }
        if (value < 0 || value > 0x7F) {
            throw new BadMember("body is not base64");
        }
        return (byte) value;
    }
}
