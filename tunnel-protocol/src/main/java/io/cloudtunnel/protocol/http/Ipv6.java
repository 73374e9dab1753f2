package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Tokens;

/** The text form of IPv6 addresses (RFC 3986, section 3.2.2). */
final class Ipv6 {

    private static final int GROUPS = 8;

    private Ipv6() {}

    /** Whether a text is an address, without brackets and without a zone. */
    static boolean isAddress(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            return groups(text, true) == GROUPS;
        }
        int before = gap == 0 ? 0 : groups(text.substring(0, gap), false);
        String tail = text.substring(gap + 2);
        int after = tail.isEmpty() ? 0 : groups(tail, true);
        return before >= 0 && after >= 0 && before + after < GROUPS;
    }

    /** The number of 16-bit groups, or -1 if one is malformed. */
    private static int groups(String text, boolean mayEndInIpv4) {
        String[] parts = text.split(":", GROUPS + 1);
        int count = parts.length;
        for (int i = 0; i < parts.length; i++) {
            boolean last = i == parts.length - 1;
            if (last && mayEndInIpv4 && isIpv4(parts[i])) {
                count++;
            } else if (!isGroup(parts[i])) {
                return -1;
            }
        }
        return count;
    }

    private static boolean isGroup(String part) {
        return !part.isEmpty()
                && part.length() <= 4
                && part.chars().allMatch(c -> Tokens.hex(c) >= 0);
    }

    private static boolean isIpv4(String part) {
        String[] numbers = part.split("\\.", -1);
        if (numbers.length != 4) {
            return false;
        }
        for (String number : numbers) {
            boolean digits =
                    !number.isEmpty()
                            && number.length() <= 3
                            && number.chars().allMatch(Tokens::isDigit);
            if (!digits
                    || Integer.parseInt(number) > 255
                    || (number.length() > 1 && number.startsWith("0"))) {
                return false;
            }
        }
        return true;
    }
}
