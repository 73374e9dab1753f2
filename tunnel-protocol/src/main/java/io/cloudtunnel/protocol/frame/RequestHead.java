package io.cloudtunnel.protocol.frame;

import org.jspecify.annotations.Nullable;

/**
 * The head of a request (RFC 9110, section 6.2).
 *
 * @param method the method token, in the case in which it came
 * @param path the raw path, percent-encoding kept; it begins with {@code /}, or is {@code *}
 * @param query the raw query without its {@code ?}; null where there is no {@code ?}
 * @param fields the header fields
 */
public record RequestHead(String method, String path, @Nullable String query, Fields fields) {

    /** Splits a raw target in origin-form at its first {@code ?}. */
    public static RequestHead of(String method, String target, Fields fields) {
        int mark = target.indexOf('?');
        return mark < 0
                ? new RequestHead(method, target, null, fields)
                : new RequestHead(
                        method, target.substring(0, mark), target.substring(mark + 1), fields);
    }

    /** The raw request target in origin-form (RFC 9112, section 3.2.1). */
    public String target() {
        return query == null ? path : path + "?" + query;
    }

    /** The same head with other fields. */
    public RequestHead with(Fields other) {
        return new RequestHead(method, path, query, other);
    }

    /** The same head with another path. */
    public RequestHead withPath(String other) {
        return new RequestHead(method, other, query, fields);
    }

    /** Without query and values: they may hold secrets. */
    @Override
    public String toString() {
        return method + " " + path + (query == null ? "" : "?...") + " " + fields;
    }
}
