package io.cloudtunnel.protocol.http;

import org.jspecify.annotations.Nullable;

/** The forms of a request target (RFC 9112, section 3.2). */
public enum TargetForm {
    /** A path and perhaps a query: {@code /where?q=now}. */
    ORIGIN,
    /** A whole URI: {@code http://www.example.org/where}. */
    ABSOLUTE,
    /** Host and port, with CONNECT only. */
    AUTHORITY,
    /** {@code *}, with OPTIONS only. */
    ASTERISK;

    /** The form of a target, or null where it has none that goes with the method. */
    public static @Nullable TargetForm of(String method, String target) {
        if (method.equals("CONNECT")) {
            Authority authority = Authority.parse(target);
            return authority != null && authority.port() >= 0 ? AUTHORITY : null;
        }
        if (target.startsWith("/")) {
            return ORIGIN;
        }
        if (target.equals("*")) {
            return method.equals("OPTIONS") ? ASTERISK : null;
        }
        return AbsoluteTarget.parse(target) == null ? null : ABSOLUTE;
    }
}
