package io.cloudtunnel.protocol.http;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An IP address as 128 bits; an IPv4 address is the IPv6 address that maps it (RFC 4291, 2.5.5.2),
 * however it was written. Read without asking any name service. Immutable.
 *
 * @param high the first 64 bits
 * @param low the last 64
 */
public record IpAddress(long high, long low) {

    private static final Pattern HEX = Pattern.compile("[0-9A-Fa-f]{1,4}");
    private static final Pattern WITH_PORT = Pattern.compile("\\[([^\\]]*)\\](:\\d{1,5})?");
    private static final Pattern V4_WITH_PORT = Pattern.compile("([\\d.]+):\\d{1,5}");
    private static final long MAPPED = 0xFFFFL << 32;
    private static final int GROUPS = 8;
    private static final int LONGEST = 45;

    /** Whether it is an IPv4 address. */
    public boolean isV4() {
        return high == 0 && (low & 0xFFFFFFFF_00000000L) == MAPPED;
    }

    /** Who counts as one client: an IPv4 address, or the /64 of an IPv6 one. */
    public IpAddress client() {
        return isV4() ? this : new IpAddress(high, 0);
    }

    /**
     * The address of a client as a proxy may write it: with brackets, with a port, with a zone;
     * null where it is none.
     */
    public static @Nullable IpAddress ofClient(String text) {
        IpAddress plain = parse(text); // as most are
        if (plain != null) {
            return plain;
        }
        var bracketed = WITH_PORT.matcher(text);
        var v4 = V4_WITH_PORT.matcher(text);
        String bare = bracketed.matches() ? bracketed.group(1) : v4.matches() ? v4.group(1) : text;
        int zone = bare.indexOf('%');
        return parse(zone < 0 ? bare : bare.substring(0, zone));
    }

    /** An address as it is mostly written; null where it is none. */
    public static @Nullable IpAddress parse(String text) {
        if (text.length() > LONGEST) {
            return null;
        }
        return text.indexOf(':') < 0 ? v4(text) : v6(text);
    }

    private static @Nullable IpAddress v4(String text) {
        long bits = quad(text);
        return bits < 0 ? null : new IpAddress(0, MAPPED | bits);
    }

    /** Four decimal numbers up to 255, without leading zeros, which some read as octal; or -1. */
    private static long quad(String text) {
        long bits = 0;
        int parts = 0;
        int value = -1;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? '.' : text.charAt(i);
            if (c == '.') {
                if (value < 0 || parts == 4) {
                    return -1;
                }
                bits = bits << 8 | value;
                parts++;
                value = -1;
            } else {
                value = c < '0' || c > '9' || value == 0 ? 256 : Math.max(0, value) * 10 + c - '0';
                if (value > 255) {
                    return -1;
                }
            }
        }
        return parts == 4 ? bits : -1;
    }

    private static @Nullable IpAddress v6(String text) {
        int gap = text.indexOf("::");
        int[] groups = new int[GROUPS];
        if (gap < 0) {
            return groups(text, groups, true) == GROUPS ? of(groups) : null;
        }
        int[] tail = new int[GROUPS];
        int before = gap == 0 ? 0 : groups(text.substring(0, gap), groups, false);
        String rest = text.substring(gap + 2);
        int after = rest.isEmpty() ? 0 : groups(rest, tail, true);
        if (before < 0 || after < 0 || before + after >= GROUPS || rest.startsWith(":")) {
            return null;
        }
        System.arraycopy(tail, 0, groups, GROUPS - after, after);
        return of(groups);
    }

    /**
     * How many groups the text has; -1 if wrong.
     *
     * @param ends whether it is the address' end, whose last two groups may be written as IPv4
     */
    private static int groups(String text, int[] into, boolean ends) {
        int at = 0;
        String[] parts = text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            boolean last = i == parts.length - 1;
            if (ends && last && part.indexOf('.') >= 0) {
                long bits = quad(part);
                if (bits < 0 || at + 2 > GROUPS) {
                    return -1;
                }
                into[at++] = (int) (bits >>> 16);
                into[at++] = (int) (bits & 0xFFFF);
            } else {
                if (!HEX.matcher(part).matches() || at == GROUPS) {
                    return -1;
                }
                into[at++] = Integer.parseInt(part, 16);
            }
        }
        return at;
    }

    private static IpAddress of(int[] groups) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < GROUPS; i++) {
            if (i < GROUPS / 2) {
                high = high << 16 | groups[i];
            } else {
                low = low << 16 | groups[i];
            }
        }
        return new IpAddress(high, low);
    }
}
