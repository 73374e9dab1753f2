package io.cloudtunnel.server.prefix;

import io.cloudtunnel.server.auth.Credentials;
import io.cloudtunnel.server.auth.TunnelNames;
import org.jspecify.annotations.Nullable;

/** The paths of tunnels: {@code /pub/{id}} and what lies below. */
final class PublicPrefix {

    /** What the paths of all tunnels begin with. */
    static final String ALL = "/pub/";

    private PublicPrefix() {}

    /** The prefix of one tunnel, without a slash at its end. */
    static String of(String id) {
        return ALL + id;
    }

    /** The id in a reference that begins with a raw path; null if it names none of an id's form. */
    static @Nullable String idIn(String reference) {
        if (!reference.startsWith(ALL)) {
            return null;
        }
        int end = ALL.length();
        while (!endsAt(reference, end)) {
            end++;
        }
        String id = reference.substring(ALL.length(), end);
        return isTunnel(id) ? id : null;
    }

    /** Whether a reference that begins with a raw path is the prefix, or lies below it. */
    static boolean covers(String prefix, String reference) {
        return reference.startsWith(prefix) && endsAt(reference, prefix.length());
    }

    /** Whether a text has the form of an id, or of a chosen name. */
    static boolean isTunnel(String text) {
        return isId(text) || TunnelNames.isName(text);
    }

    /**
     * Whether a text has the form of an id that we make. Whether such a tunnel was ever issued is
     * not asked.
     */
    static boolean isId(String text) {
        if (text.length() != Credentials.ID_LENGTH) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean digit = (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
            if (!digit) {
                return false;
            }
        }
        return true;
    }

    /** The path of a reference, without query and fragment. */
    static String path(String reference) {
        for (int i = 0; i < reference.length(); i++) {
            char c = reference.charAt(i);
            if (c == '?' || c == '#') {
                return reference.substring(0, i);
            }
        }
        return reference;
    }

    /** Whether a path segment is over at an index. */
    private static boolean endsAt(String reference, int index) {
        if (reference.length() <= index) {
            return reference.length() == index;
        }
        char c = reference.charAt(index);
        return c == '/' || c == '?' || c == '#';
    }
}
