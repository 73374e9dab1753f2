package io.cloudtunnel.program;

import java.util.HexFormat;

/**
 * Text that somebody else chose, in a form that cannot pretend to be ours: visible ASCII as it is,
 * {@code \} and all else, spaces too, as {@code \x1b} or {@code \u202e}.
 */
public final class Printable {

    private static final HexFormat HEX = HexFormat.of();

    private Printable() {}

    /**
     * The text in that form.
     *
     * @param longest of its characters so many are kept, and three dots say that there were more
     */
    public static String of(String text, int longest) {
        return of(text, longest, 0x21);
    }

    /** The same, but spaces stay, for a place whose end they cannot pretend. */
    public static String words(String text, int longest) {
        return of(text, longest, ' ');
    }

    private static String of(String text, int longest, int least) {
        int length = Math.min(text.length(), longest);
        int plain = 0;
        while (plain < length && isPlain(text.charAt(plain), least)) {
            plain++;
        }
        if (plain == text.length()) {
            return text;
        }
        StringBuilder shown = new StringBuilder(length + 24).append(text, 0, plain);
        for (int i = plain; i < length; i++) {
            char c = text.charAt(i);
            if (isPlain(c, least)) {
                shown.append(c);
            } else if (c <= 0xff) {
                shown.append("\\x").append(HEX.toHexDigits((byte) c));
            } else {
                shown.append("\\u").append(HEX.toHexDigits(c));
            }
        }
        return shown.append(text.length() > longest ? "..." : "").toString();
    }

    private static boolean isPlain(char c, int least) {
        return c >= least && c < 0x7f && c != '\\';
    }
}
