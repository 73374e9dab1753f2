package io.cloudtunnel.agent.connect;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What an agent shows to the server's operator, beside its secret: a token in a file, which is read
 * anew for each link, since tokens do not last. Immutable.
 *
 * @param file null where nothing is shown
 */
public record OperatorToken(@Nullable Path file) {

    /** None. */
    public static final OperatorToken NONE = new OperatorToken(null);

    static final String FIELD = "Cloudtunnel-Authorization";

    private static final int LONGEST = 16 * 1024;

    /**
     * The field's value; null where nothing is shown.
     *
     * @throws IOException if the file cannot be read, or has no token; what it has is not repeated
     */
    @Nullable String value() throws IOException {
        if (file == null) {
            return null;
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LONGEST + 1);
        } catch (IOException e) {
            throw new IOException("the token's file cannot be read: " + file, e);
        }
        String token = new String(bytes, StandardCharsets.ISO_8859_1).strip();
        if (bytes.length > LONGEST || !token.matches("[A-Za-z0-9._~+/=-]+")) {
            throw new IOException("the token's file has no token (RFC 6750): " + file);
        }
        return "Bearer " + token;
    }
}
