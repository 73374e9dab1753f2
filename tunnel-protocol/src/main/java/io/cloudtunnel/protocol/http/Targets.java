package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Tokens;

/** Rules on raw paths (RFC 3986, section 5.2.4). */
public final class Targets {

    private static final int NORMAL = -1;

    private Targets() {}

    /**
     * Whether dot segments would lead above the start of a raw path, in the reading of any server
     * that might get it. Percent-encoded dots count as dots; a backslash, {@code %2f} and {@code
     * %5c} may or may not separate; what follows a {@code ;} may or may not be part of a segment;
     * empty segments may vanish. Where readings differ the one that climbs counts. Nothing is
     * decoded twice. Linear in the length.
     *
     * @param rawPath a raw path without its query; a first {@code /} is the start itself
     */
    public static boolean climbs(String rawPath) {
        int depth = 0;
        // Dots that the segment consists of so far, or NORMAL.
        int dots = 0;
        boolean parameters = false;
        // Between two real slashes the depth grows once only, however many parts there may be.
        boolean grown = false;
        int at = 0;
        while (at <= rawPath.length()) {
            boolean end = at == rawPath.length();
            int c = end ? '/' : unit(rawPath, at);
            if (c == '/' || c == '\\') {
                if (dots == 2 && --depth < 0) {
                    return true;
                }
                if (isName(dots) && !grown) {
                    depth++;
                    grown = true;
                }
                boolean real = end || rawPath.charAt(at) == '/';
                grown &= !real;
                dots = 0;
                parameters = false;
            } else if (c == ';') {
                parameters = true;
            } else if (!parameters) {
                dots = c == '.' && dots != NORMAL ? dots + 1 : NORMAL;
            }
            at += end || rawPath.charAt(at) != '%' || c == '%' ? 1 : 3;
        }
        return false;
    }

    /** Whether each {@code %} is followed by two hexadecimal digits (RFC 3986, section 2.1). */
    public static boolean isWellEncoded(String text) {
        for (int at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
            boolean encoded =
                    at + 2 < text.length()
                            && Tokens.hex(text.charAt(at + 1)) >= 0
                            && Tokens.hex(text.charAt(at + 2)) >= 0;
            if (!encoded) {
                return false;
            }
        }
        return true;
    }

    /** Anything but nothing, one dot and two dots. */
    private static boolean isName(int dots) {
        return dots == NORMAL || dots > 2;
    }

    /** The character at an index, decoded if it is percent-encoded; {@code %} where that fails. */
    private static int unit(String path, int at) {
        char c = path.charAt(at);
        if (c != '%' || at + 2 >= path.length()) {
            return c;
        }
        int high = Tokens.hex(path.charAt(at + 1));
        int low = Tokens.hex(path.charAt(at + 2));
        // An encoded percent sign is left as it is, too: its three characters are no dots.
        return high < 0 || low < 0 ? c : high << 4 | low;
    }
}
