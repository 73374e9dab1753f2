package io.cloudtunnel.server.access;

import io.cloudtunnel.protocol.http.IpAddress;
import java.net.InetAddress;
import java.net.URL;
import java.util.List;
import java.util.Locale;

/** Which addresses are on the internet, and on no network of somebody's own. Stateless. */
final class PublicHosts {

    /** RFC 6890 and its successors: what is of no use, or of use on some network only. */
    private static final List<AddressBlock> PRIVATE =
            List.of(
                            "0.0.0.0/8",
                            "10.0.0.0/8",
                            "100.64.0.0/10",
                            "127.0.0.0/8",
                            "169.254.0.0/16",
                            "172.16.0.0/12",
                            "192.0.0.0/24",
                            "192.168.0.0/16",
                            "198.18.0.0/15",
                            "224.0.0.0/3",
                            "::/96",
                            "64:ff9b::/96",
                            "64:ff9b:1::/48",
                            "2001::/23",
                            "2002::/16",
                            "fc00::/7",
                            "fe80::/9",
                            "ff00::/8")
                    .stream()
                    .map(AddressBlock::parse)
                    .toList();

    private PublicHosts() {}

    /** The host of a URL, in lower case and without brackets. */
    static String name(URL url) {
        String host = url.getHost().toLowerCase(Locale.ROOT);
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    static boolean isPublic(InetAddress address) {
        IpAddress ip = IpAddress.ofClient(address.getHostAddress());
        return ip != null && PRIVATE.stream().noneMatch(block -> block.contains(ip));
    }
}
