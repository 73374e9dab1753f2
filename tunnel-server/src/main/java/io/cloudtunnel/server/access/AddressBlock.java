package io.cloudtunnel.server.access;

import io.cloudtunnel.protocol.http.IpAddress;

/**
 * A block of addresses (CIDR), or a single one. A block of one family holds no address of the
 * other: {@code ::/0} holds no IPv4, though each is an IPv6 address, too. Immutable.
 *
 * @param bits how many of the 128 are the same in all of the block
 */
record AddressBlock(IpAddress first, int bits) {

    private static final int V4_BITS = 96; // in front of an IPv4 address
    private static final int ALL_BITS = 128;

    /**
     * A block as it is mostly written: {@code 192.0.2.0/24}, {@code 2001:db8::/32}, {@code ::1}.
     *
     * @throws IllegalArgumentException if it is another text; the message says what it must be
     */
    static AddressBlock parse(String text) {
        int slash = text.indexOf('/');
        IpAddress first = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
        if (first == null) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "' is no address such as 192.0.2.1, and no block such as"
                            + " 192.0.2.0/24 or 2001:db8::/32");
        }
        boolean v4 = first.isV4() && text.indexOf(':') < 0;
        int length = slash < 0 ? ALL_BITS : length(text, slash, v4);
        AddressBlock block = new AddressBlock(first, length);
        if (first.isV4() && length < V4_BITS) {
            throw new IllegalArgumentException("'" + text + "' is neither IPv4 nor IPv6");
        }
        if ((first.high() & ~highMask(length)) != 0 || (first.low() & ~lowMask(length)) != 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' has bits behind its prefix; write the block's first address");
        }
        return block;
    }

    private static int length(String text, int slash, boolean v4) {
        int most = v4 ? ALL_BITS - V4_BITS : ALL_BITS;
        String digits = text.substring(slash + 1);
        if (!digits.matches("0|[1-9]\\d{0,2}") || Integer.parseInt(digits) > most) {
            throw new IllegalArgumentException(
                    "'" + text + "' has a prefix length that is not within 0 to " + most);
        }
        return Integer.parseInt(digits) + (v4 ? V4_BITS : 0);
    }

    boolean contains(IpAddress address) {
        return address.isV4() == first.isV4()
                && ((address.high() ^ first.high()) & highMask(bits)) == 0
                && ((address.low() ^ first.low()) & lowMask(bits)) == 0;
    }

    private static long highMask(int length) {
        return length == 0 ? 0 : length >= 64 ? -1 : -1L << (64 - length);
    }

    private static long lowMask(int length) {
        return length <= 64 ? 0 : -1L << (ALL_BITS - length);
    }
}
