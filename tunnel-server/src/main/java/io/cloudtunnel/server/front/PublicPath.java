package io.cloudtunnel.server.front;

/**
 * What a raw path says: {@code /pub/{id}} and the rest, which goes to the local service byte for
 * byte.
 *
 * @param id the tunnel's id, in the form in which it came
 * @param rest what follows the id, at least {@code /}
 */
record PublicPath(String id, String rest) {

    static final String PREFIX = "/pub/";

    /** Splits a path that begins with {@link #PREFIX}. */
    static PublicPath parse(String rawPath) {
        int end = rawPath.indexOf('/', PREFIX.length());
        String id = rawPath.substring(PREFIX.length(), end < 0 ? rawPath.length() : end);
        String rest = end < 0 ? "/" : rawPath.substring(end);
        return new PublicPath(id, rest);
    }

    /** The path under which the local service appears to the public, without a slash at its end. */
    String prefix() {
        return PREFIX + id;
    }
}
