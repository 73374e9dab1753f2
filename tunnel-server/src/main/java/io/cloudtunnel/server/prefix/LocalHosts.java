package io.cloudtunnel.server.prefix;

import io.cloudtunnel.protocol.http.Authority;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names that a local service may believe to be its own: those of every loopback, and those that
 * are given. No name server is asked.
 *
 * @param given one without a port stands for the host with any port
 */
record LocalHosts(Set<Authority> given) {

    private static final Pattern LOOPBACK =
            Pattern.compile(
                    "localhost|.*\\.localhost" // RFC 6761, section 6.3
                            + "|(?:\\[::ffff:)?127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}]?"
                            + "|\\[(?:::|(?:0{1,4}:){7})0{0,3}1]");

    LocalHosts {
        given = Set.copyOf(given);
    }

    /** Whether a URL leads to such a host. */
    boolean has(HttpUrl url) {
        Authority authority = url.authority();
        if (isLoopback(authority.host())) {
            return true;
        }
        for (Authority local : given) {
            if (local.port() < 0 ? isSameHost(local, authority.host()) : url.isAt(local)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a host is such a one, whatever the port. */
    boolean hasHost(String host) {
        return isLoopback(host) || given.stream().anyMatch(local -> isSameHost(local, host));
    }

    private static boolean isSameHost(Authority local, String host) {
        return local.host().equalsIgnoreCase(host);
    }

    private static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
    }
}
