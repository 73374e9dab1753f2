package io.cloudtunnel.agent.store;

import io.cloudtunnel.protocol.signed.SignedSecret;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a registration gave.
 *
 * @param id of the tunnel; not a secret
 * @param secret proves that the tunnel is ours
 * @param publicUrl where the public reaches it; null where only the pair is known
 * @param protocols what the server's {@code Cloudtunnel-Protocols} listed; null where it sent no
 *     such field, and so knows the published protocol only
 */
public record Credentials(
        String id, String secret, @Nullable String publicUrl, @Nullable List<String> protocols) {

    /** The subprotocol of binary mode. */
    public static final String BINARY = "cloudtunnel.v1";

    /** The longest id, secret and URL, in characters. */
    public static final int LONGEST = 4096;

    private static final Pattern PUBLIC_URL = Pattern.compile("https?://[\\x21-\\x7e]+");

    /**
     * Checks them.
     *
     * @throws IllegalArgumentException if id or secret is empty, too long, or has other characters
     *     than visible ASCII, so that it could not stand in a field
     */
    public Credentials {
        check("id", id);
        check("secret", secret);
        protocols = protocols == null ? null : List.copyOf(protocols);
    }

    private static void check(String name, String value) {
        if (value.isEmpty()
                || value.length() > LONGEST
                || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException(
                    "the "
                            + name
                            + " must be 1 to "
                            + LONGEST
                            + " visible ASCII characters without spaces");
        }
    }

    /** Whether this can be the public URL of a tunnel. */
    public static boolean isPublicUrl(String text) {
        return text.length() <= LONGEST && PUBLIC_URL.matcher(text).matches();
    }

    /** The same with another public URL. */
    public Credentials reachedBy(String url) {
        return new Credentials(id, secret, url, protocols);
    }

    /** The same for a server that lists these in {@code Cloudtunnel-Protocols}. */
    public Credentials spokenTo(@Nullable List<String> speaks) {
        return new Credentials(id, secret, publicUrl, speaks);
    }

    /** Whether the server speaks binary mode. */
    public boolean binary() {
        return protocols != null && protocols.contains(BINARY);
    }

    /** Whether the server speaks signed mode. */
    public boolean signed() {
        return protocols != null && protocols.contains(SignedSecret.SUBPROTOCOL);
    }

    /** Whether the server takes credentials in fields instead of the query. */
    public boolean inFields() {
        return protocols != null;
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "Credentials[" + id + "]";
    }
}
