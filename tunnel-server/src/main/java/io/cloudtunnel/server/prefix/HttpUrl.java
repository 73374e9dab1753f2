package io.cloudtunnel.server.prefix;

import io.cloudtunnel.protocol.http.Authority;
import org.jspecify.annotations.Nullable;

/**
 * An absolute URL of HTTP (RFC 9110, section 4.2), taken apart as far as its authority.
 *
 * @param scheme {@code http} or {@code https}
 * @param authority without user information: a URL that has some is none for us
 * @param rest path, query and fragment byte for byte, perhaps empty
 */
record HttpUrl(String scheme, Authority authority, String rest) {

    private static final String HTTP = "http";
    private static final String HTTPS = "https";
    private static final String MARK = "://";

    /** Null for everything else. */
    static @Nullable HttpUrl parse(String text) {
        for (String scheme : new String[] {HTTP, HTTPS}) {
            int start = scheme.length() + MARK.length();
            if (text.regionMatches(true, 0, scheme, 0, scheme.length())
                    && text.startsWith(MARK, scheme.length())) {
                return parse(scheme, text, start);
            }
        }
        return null;
    }

    /** A network-path reference, {@code //host/path} (RFC 3986, section 4.2), from a scheme. */
    static @Nullable HttpUrl parseNetworkPath(String scheme, String text) {
        return text.startsWith("//") ? parse(scheme, text, 2) : null;
    }

    private static @Nullable HttpUrl parse(String scheme, String text, int start) {
        int end = start;
        // A backslash stays with the host, which is malformed then: browsers take it for a slash.
        while (end < text.length() && "/?#".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        Authority authority = Authority.parse(text.substring(start, end));
        return authority == null ? null : new HttpUrl(scheme, authority, text.substring(end));
    }

    /**
     * Whether an authority names the same host and port. Where it has no port, the default one of
     * this URL's scheme counts: behind a proxy that ends TLS the schemes may differ.
     */
    boolean isAt(Authority other) {
        int defaultPort = scheme.equals(HTTPS) ? 443 : 80;
        return authority.host().equalsIgnoreCase(other.host())
                && authority.portOr(defaultPort) == other.portOr(defaultPort);
    }
}
