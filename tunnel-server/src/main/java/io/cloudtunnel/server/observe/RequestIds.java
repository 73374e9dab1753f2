package io.cloudtunnel.server.observe;

import io.cloudtunnel.protocol.frame.Fields;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Names requests: the client's own {@code X-Request-Id} where it is harmless, else a random one.
 */
public final class RequestIds {

    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._-]{8,64}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private RequestIds() {}

    /** The id of a request with these fields. */
    public static String of(Fields fields) {
        String given = fields.first("X-Request-Id");
        return given != null && HARMLESS.matcher(given).matches() ? given : random();
    }

    /** 16 hexadecimal digits. */
    public static String random() {
        byte[] bytes = new byte[8];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
