package io.cloudtunnel.server.prefix;

import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tunnels with hosts of their own: {@code {id}.tunnels.example.com}, where nothing has to be
 * rewritten, and hosts that are given one by one. Immutable.
 */
public final class HostMode {

    private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    /** 253 characters (RFC 1035, section 2.3.4) without an id and its dot. */
    private static final int LONGEST_DOMAIN = 220;

    private final String domain; // lower case, with a dot in front
    private final Map<String, String> customHosts; // lower case, to id

    /**
     * Host mode below a domain.
     *
     * @param domain such as {@code tunnels.example.com}; all names directly below it have to lead
     *     to this server
     * @param customHosts ids of tunnels by further host names, without ports
     * @throws IllegalArgumentException if a name is not one of DNS of at most 220 characters, or an
     *     id has not an id's form; the message says what is wanted
     */
    public HostMode(String domain, Map<String, String> customHosts) {
        this.domain = "." + name(domain);
        Map<String, String> hosts = new HashMap<>();
        customHosts.forEach((host, id) -> {
            if (!PublicPrefix.isId(id)) {
                throw new IllegalArgumentException(
                        "'" + id + "' is not the id of a tunnel: 32 characters of a-z and 2-7");
            }
            hosts.put(name(host), id);
        });
        this.customHosts = Map.copyOf(hosts);
    }

    /**
     * The id of the tunnel whose host this is, in lower case; null for any other host, the domain
     * itself among them. Whether such a tunnel was ever issued is for the caller to see to.
     *
     * @param host the value of {@code Host}; a port and a dot at the end of the name are ignored
     */
    public @Nullable String tunnelOf(@Nullable String host) {
        if (host == null) {
            return null;
        }
        int colon = host.indexOf(':');
        int end = colon < 0 ? host.length() : colon;
        if (end > 0 && host.charAt(end - 1) == '.') {
            end--;
        }
        int label = end - domain.length();
        if (label > 0 && host.regionMatches(true, label, domain, 0, domain.length())) {
            String id = host.substring(0, label).toLowerCase(Locale.ROOT);
            if (PublicPrefix.isId(id)) {
                return id;
            }
        }
        return customHosts.isEmpty()
                ? null
                : customHosts.get(host.substring(0, end).toLowerCase(Locale.ROOT));
    }

    /**
     * The public URL of a tunnel, without a slash at its end (docs/protocol.md, "Registration").
     *
     * @param base where the public finds the server: its scheme and port are the tunnel's, too
     * @throws IllegalArgumentException if the base has no scheme
     */
    public URI publicUrl(String id, URI base) {
        if (base.getScheme() == null) {
            throw new IllegalArgumentException("an absolute URL is needed");
        }
        String port = base.getPort() < 0 ? "" : ":" + base.getPort();
        return URI.create(base.getScheme() + "://" + id + domain + port);
    }

    /** A domain name in lower case, without a dot at its end. */
    private static String name(String text) {
        String name = text.strip().toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        String[] labels = name.split("\\.", -1);
        boolean valid = name.length() <= LONGEST_DOMAIN;
        for (String label : labels) {
            valid &= LABEL.matcher(label).matches();
        }
        if (!valid || NUMBER.matcher(labels[labels.length - 1]).matches()) {
            throw new IllegalArgumentException(
                    "a domain name such as tunnels.example.com, of at most "
                            + LONGEST_DOMAIN
                            + " characters, without scheme, port, path and '*.'");
        }
        return name;
    }
}
