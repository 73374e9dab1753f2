package io.cloudtunnel.server.prefix;

import io.cloudtunnel.protocol.http.Authority;
import io.cloudtunnel.protocol.http.Targets;

/**
 * Leads the URI references (RFC 3986, section 4.1) of a local service to where the public sees it.
 *
 * @param prefix without a slash at its end
 * @param scheme {@code http} or {@code https}, as the client sees it
 * @param authority what the client sees
 */
record References(String prefix, String scheme, String authority, LocalHosts localHosts) {

    /**
     * The reference under the prefix; the same one if it leads to another host or tunnel, is
     * relative, is under the prefix already, or would climb out of it by dot segments. Query and
     * fragment are kept byte for byte.
     */
    String rewrite(String reference) {
        if (reference.startsWith("//")) {
            HttpUrl url = HttpUrl.parseNetworkPath(scheme, reference);
            return url == null ? reference : rewrite(reference, url, "//" + authority);
        }
        if (reference.startsWith("/")) {
            return under(reference, reference, "");
        }
        HttpUrl url = HttpUrl.parse(reference);
        return url == null ? reference : rewrite(reference, url, scheme + "://" + authority);
    }

    /**
     * A {@code Service-Worker-Allowed} value (Service Workers, section 3.4.1), which is never wider
     * than the prefix: what a browser might read so becomes the prefix itself.
     */
    String rewriteScope(String scope) {
        boolean plain = scope.indexOf(':') < 0 && scope.indexOf('\\') < 0 && !scope.contains("\t");
        boolean below = PublicPrefix.covers(prefix, scope);
        String rest = below ? scope.substring(prefix.length()) : scope;
        if (!plain || scope.startsWith("//") || Targets.climbs(PublicPrefix.path(rest))) {
            return prefix + "/";
        }
        return scope.startsWith("/") && !below ? prefix + scope : scope;
    }

    private String rewrite(String reference, HttpUrl url, String origin) {
        Authority own = Authority.parse(authority);
        if (own != null && url.isAt(own)) {
            // One tunnel may send a client to another, by the address that it was told.
            boolean isTunnel = PublicPrefix.idIn(url.rest()) != null;
            return isTunnel ? reference : under(reference, url.rest(), origin);
        }
        if (!localHosts.has(url)) {
            return reference;
        }
        // It may know the prefix, and yet not the host: that is what X-Forwarded-Prefix alone does.
        return PublicPrefix.covers(prefix, url.rest())
                ? origin + url.rest()
                : under(reference, url.rest(), origin);
    }

    private String under(String reference, String rest, String origin) {
        String path = PublicPrefix.path(rest);
        if (PublicPrefix.covers(prefix, rest) || Targets.climbs(path)) {
            return reference;
        }
        return origin + prefix + (path.isEmpty() ? "/" : "") + rest;
    }
}
