package io.cloudtunnel.server.prefix;

/**
 * Leads a {@code Set-Cookie} value (RFC 6265, section 4.1) below a prefix. What is not about path
 * or domain is kept byte for byte.
 */
final class CookiePaths {

    private static final String HOST_ONLY = "__Host-";

    private CookiePaths() {}

    /**
     * The value with its {@code Path} below the prefix and without a {@code Domain} that is the
     * local service's own; the same value where there is nothing to change.
     */
    static String rewrite(String cookie, String prefix, LocalHosts localHosts) {
        int at = cookie.indexOf(';');
        if (at < 0 || isHostOnly(cookie)) {
            return cookie;
        }
        StringBuilder changed = new StringBuilder(cookie.length() + prefix.length());
        int copied = 0;
        while (at < cookie.length()) {
            // A quote does not protect a semicolon: RFC 6265, section 5.2.
            int next = end(cookie, at + 1);
            int equals = cookie.indexOf('=', at, next);
            if (equals > 0) {
                String name = cookie.substring(at + 1, equals).strip();
                String value = cookie.substring(equals + 1, next).strip();
                if (name.equalsIgnoreCase("Path") && isToChange(value, prefix)) {
                    int start = cookie.indexOf('/', equals);
                    changed.append(cookie, copied, start).append(prefix);
                    // "/pub/{id}" matches itself and all below (section 5.1.4); with a slash at
                    // its end it would not match itself.
                    copied = value.equals("/") ? start + 1 : start;
                } else if (name.equalsIgnoreCase("Domain") && localHosts.hasHost(host(value))) {
                    changed.append(cookie, copied, at);
                    copied = next;
                }
            }
            at = next;
        }
        return copied == 0 ? cookie : changed.append(cookie, copied, cookie.length()).toString();
    }

    /** A browser refuses such a cookie with any other path than {@code /}. */
    private static boolean isHostOnly(String cookie) {
        return cookie.stripLeading().regionMatches(true, 0, HOST_ONLY, 0, HOST_ONLY.length());
    }

    /** A path that is none makes the browser take the request's own, which is below already. */
    private static boolean isToChange(String path, String prefix) {
        return path.startsWith("/") && !PublicPrefix.covers(prefix, path);
    }

    /** A first dot is ignored: section 5.2.3. */
    private static String host(String domain) {
        return domain.startsWith(".") ? domain.substring(1) : domain;
    }

    private static int end(String cookie, int from) {
        int end = cookie.indexOf(';', from);
        return end < 0 ? cookie.length() : end;
    }
}
