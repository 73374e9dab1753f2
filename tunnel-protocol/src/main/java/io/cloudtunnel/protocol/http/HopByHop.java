package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.NameSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields that belong to one connection and are not passed on (RFC 9110, section 7.6.1).
 *
 * <p>Dropped: {@code Connection}, {@code Keep-Alive}, {@code Proxy-Connection}, {@code TE}, {@code
 * Transfer-Encoding}, {@code Upgrade}, {@code HTTP2-Settings}; {@code Proxy-Authenticate}, {@code
 * Proxy-Authentication-Info} and {@code Proxy-Authorization}, since a gateway is no proxy to its
 * client; and what {@code Connection} names. {@code Trailer} stays, since trailers are passed on.
 *
 * <p>A peer must not use {@code Connection} to take away what others rely on. So it has no effect
 * on fields of framing, routing, credentials and provenance, and on those that describe the
 * content: see {@link #isProtected}.
 */
public final class HopByHop {

    private static final NameSet DROPPED =
            NameSet.of(
                    "connection",
                    "keep-alive",
                    "proxy-connection",
                    "te",
                    "transfer-encoding",
                    "upgrade",
                    "http2-settings",
                    "proxy-authenticate",
                    "proxy-authentication-info",
                    "proxy-authorization");

    private static final NameSet PROTECTED =
            NameSet.of(
                    "authorization",
                    "cache-control",
                    "content-encoding",
                    "content-length",
                    "content-range",
                    "content-security-policy",
                    "content-type",
                    "cookie",
                    "expect",
                    "forwarded",
                    "host",
                    "origin",
                    "set-cookie",
                    "strict-transport-security",
                    "vary",
                    "via",
                    "www-authenticate",
                    "x-frame-options",
                    "x-real-ip",
                    "x-request-id",
                    "x-serverless-authorization",
                    "x-tunnel-id");

    /**
     * Must never come after a body, where they could no longer have their effect (section 6.5.1).
     */
    private static final NameSet NO_TRAILERS =
            NameSet.of(
                    "authorization",
                    "cache-control",
                    "content-encoding",
                    "content-length",
                    "content-range",
                    "content-type",
                    "cookie",
                    "expect",
                    "forwarded",
                    "host",
                    "location",
                    "max-forwards",
                    "range",
                    "set-cookie",
                    "trailer",
                    "www-authenticate");

    private HopByHop() {}

    /** The fields of a head without the hop-by-hop ones, in the same order. */
    public static Fields strip(Fields fields) {
        Set<String> named = named(fields);
        return fields.filter((name, value) ->
                !DROPPED.contains(name)
                        && (named.isEmpty() || !named.contains(name.toLowerCase(Locale.ROOT))));
    }

    /** What {@code Connection} names besides, as far as that has an effect; in lower case. */
    private static Set<String> named(Fields fields) {
        Set<String> named = new HashSet<>(); // by hash: a peer may name thousands
        for (String name : fields.tokens("Connection")) {
            if (!DROPPED.contains(name) && !isProtected(name)) {
                named.add(name.toLowerCase(Locale.ROOT));
            }
        }
        return named;
    }

    /**
     * Trailer fields without hop-by-hop ones, and without those that may not stand there (RFC 9110,
     * section 6.5.1).
     */
    public static Fields stripTrailers(Fields trailers) {
        return trailers.filter((name, value) -> isTrailer(name));
    }

    /**
     * Whether the client takes trailers ({@code TE: trailers}). A sender that passes this on also
     * names {@code TE} in {@code Connection}.
     */
    public static boolean takesTrailers(Fields fields) {
        return fields.hasToken("TE", "trailers");
    }

    /**
     * The protocols that {@code Upgrade} asks for or grants, where {@code Connection} names it too
     * (RFC 9110, section 7.8); else null. HTTP/1.0 knows none: that is for the caller to see to.
     */
    public static @Nullable String upgrade(Fields fields) {
        String protocols = fields.first("Upgrade");
        return protocols != null && fields.hasToken("Connection", "upgrade") ? protocols : null;
    }

    /** Whether naming a field in {@code Connection} has no effect. */
    public static boolean isProtected(String name) {
        return PROTECTED.contains(name) || isOfTheServer(name);
    }

    static boolean isTrailer(String name) {
        return !DROPPED.contains(name) && !NO_TRAILERS.contains(name) && !isOfTheServer(name);
    }

    private static boolean isOfTheServer(String name) {
        return begins(name, "x-forwarded-") || begins(name, "cloudtunnel-");
    }

    private static boolean begins(String name, String prefix) {
        return name.regionMatches(true, 0, prefix, 0, prefix.length());
    }
}
