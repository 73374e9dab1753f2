package io.cloudtunnel.server.prefix;

import io.cloudtunnel.protocol.frame.Fields;
import org.jspecify.annotations.Nullable;

/**
 * The server's own cookie, which holds the id of the tunnel that a browser visited last on this
 * host. It is a hint and no credential: the id stands in the address, too.
 */
public final class RootCookie {

    /** The cookie's name. */
    public static final String NAME = "cloudtunnel-root";

    private RootCookie() {}

    /**
     * Fields without this cookie, which is no concern of the local service; other cookies byte for
     * byte. The same object, with nothing allocated, where there is none.
     */
    public static Fields withoutCookie(Fields fields) {
        for (int i = 0; i < fields.size(); i++) {
            if (mayHold(fields, i)) {
                return stripped(fields);
            }
        }
        return fields;
    }

    /** The value of the first such cookie, null where there is none. */
    static @Nullable String value(Fields fields) {
        for (int i = 0; i < fields.size(); i++) {
            if (mayHold(fields, i)) {
                for (String pair : fields.value(i).split(";", -1)) {
                    if (isOurs(pair)) {
                        return pair.substring(pair.indexOf('=') + 1).strip();
                    }
                }
            }
        }
        return null;
    }

    /**
     * A {@code Set-Cookie} value for the time that the browser runs. {@code Lax}: a page of another
     * site can navigate with it, but neither post nor open a WebSocket.
     */
    static String setTo(String id, boolean secure) {
        return NAME + "=" + id + "; Path=/; SameSite=Lax; HttpOnly" + (secure ? "; Secure" : "");
    }

    private static Fields stripped(Fields fields) {
        Fields.Builder kept = Fields.builder();
        for (int i = 0; i < fields.size(); i++) {
            String value = fields.value(i);
            String rest = mayHold(fields, i) ? without(value) : value;
            if (rest.equals(value) || !rest.isBlank()) {
                kept.add(fields.name(i), rest);
            }
        }
        return kept.size() == fields.size() && kept.build().equals(fields) ? fields : kept.build();
    }

    private static String without(String cookies) {
        StringBuilder rest = new StringBuilder(cookies.length());
        boolean first = true;
        for (String pair : cookies.split(";", -1)) {
            if (!isOurs(pair)) {
                rest.append(first ? "" : ";").append(pair);
                first = false;
            }
        }
        // The space after a semicolon that went with our cookie.
        return cookies.startsWith(" ") ? rest.toString() : rest.toString().stripLeading();
    }

    private static boolean mayHold(Fields fields, int index) {
        return fields.name(index).equalsIgnoreCase("Cookie") && fields.value(index).contains(NAME);
    }

    private static boolean isOurs(String pair) {
        int equals = pair.indexOf('=');
        return equals >= 0 && pair.substring(0, equals).strip().equals(NAME);
    }
}
