package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.http.Targets;
import org.jspecify.annotations.Nullable;

/**
 * What a raw path says: {@code /pub/{id}} and the rest, which goes to the local service byte for
 * byte.
 *
 * @param id the tunnel's id, in the form in which it came
 * @param rest what follows the id, at least {@code /}
 */
record PublicPath(String id, String rest) {

    static final String PREFIX = "/pub/";

    /** Null where the path names no tunnel, or would climb out of the one that it names. */
    static @Nullable PublicPath parse(String rawPath) {
        if (!rawPath.startsWith(PREFIX)) {
            return null;
        }
        int end = rawPath.indexOf('/', PREFIX.length());
        String id = rawPath.substring(PREFIX.length(), end < 0 ? rawPath.length() : end);
        String rest = end < 0 ? "/" : rawPath.substring(end);
        return Targets.climbs(rest) ? null : new PublicPath(id, rest);
    }

    /** The path under which the local service appears to the public, without a slash at its end. */
    String prefix() {
        return PREFIX + id;
    }
}
