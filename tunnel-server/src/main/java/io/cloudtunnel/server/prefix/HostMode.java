package io.cloudtunnel.server.prefix;

import io.cloudtunnel.server.auth.TunnelNames;
import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
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

    private final @Nullable String domain; // lower case, with a dot in front
    private final Map<String, String> customHosts; // lower case, to id
    private final Map<String, String> hostsById; // the first one of each
    private final Predicate<String> names; // whether somebody has taken it

    /**
     * Host mode below a domain, or for hosts that are given one by one, or both.
     *
     * @param domain such as {@code tunnels.example.com}; all names directly below it have to lead
     *     to this server; null where there is none
     * @param customHosts ids of tunnels by further host names, without ports
     * @throws IllegalArgumentException if a name is not one of DNS of at most 220 characters, is
     *     there twice, or an id has not an id's form; the message says what is wanted
     */
    public HostMode(@Nullable String domain, Map<String, String> customHosts) {
        this.domain = domain == null ? null : "." + name(domain);
        Map<String, String> hosts = new HashMap<>();
        Map<String, String> first = new HashMap<>();
        customHosts.forEach((host, id) -> {
            String name = name(host);
            if (!PublicPrefix.isTunnel(id)) {
                throw new IllegalArgumentException(
                        "the id of a tunnel behind each host: 32 characters of a-z and 2-7, or the"
                                + " name that was chosen for it");
            }
            if (hosts.put(name, id) != null) {
                throw new IllegalArgumentException("each host name once only");
            }
            first.putIfAbsent(id, name);
        });
        this.customHosts = Map.copyOf(hosts);
        this.hostsById = Map.copyOf(first);
        this.names = name -> false;
    }

    private HostMode(HostMode like, Predicate<String> names) {
        this.domain = like.domain;
        this.customHosts = like.customHosts;
        this.hostsById = like.hostsById;
        this.names = names;
    }

    /**
     * The same, where names have hosts below the domain, too, as long as somebody has taken them.
     */
    public HostMode withNames(Predicate<String> taken) {
        return new HostMode(this, taken);
    }

    /** Whether the host that a name would have below the domain is another one's already. */
    public boolean isOthers(String name, @Nullable String host) {
        if (domain == null) {
            return false;
        }
        String own = name + domain;
        return customHosts.containsKey(own)
                || (host != null
                        && host.regionMatches(true, 0, own, 0, own.length())
                        && host.substring(own.length()).matches("\\.?(:\\d*)?"));
    }

    /**
     * The same; null where no tunnel has a host of its own.
     *
     * @param base the server's own URL; null where it is not known
     * @throws IllegalArgumentException also if the server's own host is given to a tunnel
     */
    public static @Nullable HostMode of(
            @Nullable String domain, Map<String, String> customHosts, @Nullable URI base) {
        if (domain == null && customHosts.isEmpty()) {
            return null;
        }
        HostMode hosts = new HostMode(domain, customHosts);
        if (base != null && hosts.tunnelOf(base.getHost()) != null) {
            throw new IllegalArgumentException(
                    "the host of PUBLIC_BASE_URL is given to a tunnel: then nothing of the server"
                            + " itself could be reached there");
        }
        return hosts;
    }

    /** Checks values as the constructor does. */
    public static void check(@Nullable String domain, Map<String, String> customHosts) {
        HostMode ignored = new HostMode(domain, customHosts);
    }

    /**
     * Reads {@code host=id,host=id}, in this order.
     *
     * @throws IllegalArgumentException if it has another form; the message says what is wanted
     */
    public static Map<String, String> parse(String text) {
        Map<String, String> hosts = new LinkedHashMap<>();
        for (String pair : text.split(",", -1)) {
            int equals = pair.indexOf('=');
            String host = equals < 0 ? "" : pair.substring(0, equals).strip();
            if (host.isEmpty()) {
                throw new IllegalArgumentException("host=id,host=id, such as shop.example.com=ID");
            }
            if (hosts.put(host, pair.substring(equals + 1).strip()) != null) {
                throw new IllegalArgumentException("each host name once only");
            }
        }
        return hosts;
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
        String id = belowDomain(host, end);
        return id != null || customHosts.isEmpty()
                ? id
                : customHosts.get(host.substring(0, end).toLowerCase(Locale.ROOT));
    }

    private @Nullable String belowDomain(String host, int end) {
        if (domain == null) {
            return null;
        }
        int label = end - domain.length();
        if (label <= 0 || !host.regionMatches(true, label, domain, 0, domain.length())) {
            return null;
        }
        String id = host.substring(0, label).toLowerCase(Locale.ROOT);
        return PublicPrefix.isId(id) || (TunnelNames.isName(id) && names.test(id)) ? id : null;
    }

    /**
     * The public URL of a tunnel, without a slash at its end (docs/protocol.md, "Registration"):
     * with the host that was given to it, else the one below the domain; null where it has neither.
     *
     * @param base where the public finds the server: its scheme and port are the tunnel's, too
     * @throws IllegalArgumentException if the base has no scheme
     */
    public @Nullable URI publicUrl(String id, URI base) {
        if (base.getScheme() == null) {
            throw new IllegalArgumentException("an absolute URL is needed");
        }
        String given = hostsById.get(id);
        if (given == null && domain == null) {
            return null;
        }
        String host = given != null ? given : id + domain;
        String port = base.getPort() < 0 ? "" : ":" + base.getPort();
        return URI.create(base.getScheme() + "://" + host + port);
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
