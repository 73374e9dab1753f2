package io.cloudtunnel.server.observe;

import io.cloudtunnel.protocol.frame.Fields;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Names requests: the client's own {@code X-Request-Id} where it is harmless, else a random one.
 */
public final class RequestIds {

    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._-]{8,64}");

    private RequestIds() {}

    /** The id of a request with these fields. */
    public static String of(Fields fields) {
        String given = fields.first("X-Request-Id");
        return given != null && HARMLESS.matcher(given).matches() ? given : random();
    }

    /** 16 hexadecimal digits; no secret, so a fast generator will do. */
    public static String random() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }
}
