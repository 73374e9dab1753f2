package io.cloudtunnel.protocol.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A target in absolute-form (RFC 9112, section 3.2.2), of the schemes http and https only.
 *
 * @param scheme {@code http} or {@code https}
 * @param authority the raw host and port; well-formed, without user information
 * @param rest the raw path and query; empty, or beginning with {@code /} or {@code ?}
 */
public record AbsoluteTarget(String scheme, String authority, String rest) {

    /** Splits a target; null if it is not a well-formed one of these schemes. */
    public static @Nullable AbsoluteTarget parse(String target) {
        int colon = target.indexOf("://");
        if (colon != 4 && colon != 5) {
            return null;
        }
        String scheme = target.substring(0, colon).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return null;
        }
        int from = colon + 3;
        int to = from;
        while (to < target.length() && "/?#".indexOf(target.charAt(to)) < 0) {
            to++;
        }
        String authority = target.substring(from, to);
        String rest = target.substring(to);
        boolean good = Authority.parse(authority) != null && !rest.startsWith("#");
        return good ? new AbsoluteTarget(scheme, authority, rest) : null;
    }

    /**
     * The target in origin-form. An empty path becomes {@code /}, or {@code *} with OPTIONS and no
     * query (RFC 9112, section 3.2.4).
     */
    public String pathAndQuery(String method) {
        if (rest.isEmpty()) {
            return method.equals("OPTIONS") ? "*" : "/";
        }
        return rest.startsWith("/") ? rest : "/" + rest;
    }
}
