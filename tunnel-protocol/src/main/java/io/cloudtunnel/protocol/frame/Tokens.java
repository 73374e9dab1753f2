package io.cloudtunnel.protocol.frame;

/** Which characters may stand where (RFC 9110, section 5; RFC 9112, section 3.2). */
public final class Tokens {

    private static final int TOKEN = 1;
    private static final int VALUE = 2;
    private static final int TARGET = 4;

    private static final byte[] CLASSES = new byte[256];

    static {
        for (int c = 0; c < 256; c++) {
            CLASSES[c] = (byte) classesOf(c);
        }
    }

    private Tokens() {}

    /** Whether a text is a token: a method or a field name. */
    public static boolean isToken(String text) {
        return !text.isEmpty() && all(text, TOKEN);
    }

    /** Whether a text has only visible characters, space, tab, and bytes from 0x80 on. */
    public static boolean isValue(String text) {
        return all(text, VALUE);
    }

    /** Whether a text is not empty and has only visible characters and bytes from 0x80 on. */
    public static boolean isTarget(String text) {
        return !text.isEmpty() && all(text, TARGET);
    }

    /** The same of one character, 0 to 255. */
    public static boolean isToken(int c) {
        return (CLASSES[c] & TOKEN) != 0;
    }

    /** The same of one character, 0 to 255. */
    public static boolean isValue(int c) {
        return (CLASSES[c] & VALUE) != 0;
    }

    /** The same of one character, 0 to 255. */
    public static boolean isTarget(int c) {
        return (CLASSES[c] & TARGET) != 0;
    }

    /** Of ASCII. */
    public static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /** Of ASCII. */
    public static boolean isLetterOrDigit(int c) {
        int lower = c | 0x20;
        return isDigit(c) || (lower >= 'a' && lower <= 'z');
    }

    /** Optional whitespace: space and tab. */
    public static boolean isBlank(int c) {
        return c == ' ' || c == '\t';
    }

    /** The value of a hexadecimal digit, or -1. Unlike the JDK's, for ASCII only. */
    public static int hex(int c) {
        if (isDigit(c)) {
            return c - '0';
        }
        int lower = c | 0x20;
        return c < 0x80 && lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    private static int classesOf(int c) {
        if (c == ' ' || c == '\t') {
            return VALUE;
        }
        if (c < 0x20 || c == 0x7f) {
            return 0;
        }
        boolean token = isLetterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
        return VALUE | TARGET | (token ? TOKEN : 0);
    }

    private static boolean all(String text, int wanted) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0xff || (CLASSES[c] & wanted) == 0) {
                return false;
            }
        }
        return true;
    }
}
