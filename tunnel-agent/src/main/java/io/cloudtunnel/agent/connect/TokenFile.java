package io.cloudtunnel.agent.connect;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that holds a token and nothing else. */
final class TokenFile {

    private static final int LONGEST = 16 * 1024;

    private TokenFile() {}

    /**
     * The value of a field with the token.
     *
     * @throws IOException if the file cannot be read, or has no token; what it has is not repeated
     */
    static String bearer(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LONGEST + 1);
        } catch (IOException e) {
            throw new IOException("the token's file cannot be read: " + file, e);
        }
        String token = new String(bytes, StandardCharsets.ISO_8859_1).strip();
        if (bytes.length > LONGEST || !isToken(token)) {
            throw new IOException("the token's file has no token (RFC 6750): " + file);
        }
        return "Bearer " + token;
    }

    static boolean isToken(String text) {
        return text.matches("[A-Za-z0-9._~+/=-]+");
    }
}
