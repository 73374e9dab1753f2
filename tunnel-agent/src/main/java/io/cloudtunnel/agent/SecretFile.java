package io.cloudtunnel.agent;

import io.cloudtunnel.agent.store.Credentials;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file with nothing but a tunnel's secret. */
final class SecretFile {

    private static final int LARGEST = 16 * 1024;

    private SecretFile() {}

    /**
     * The credentials of a tunnel whose secret the file has.
     *
     * @throws IOException if it cannot be read, or has none; what it has is not repeated
     */
    static Credentials read(String id, Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LARGEST + 1);
        }
        if (bytes.length > LARGEST) {
            throw new IOException(file + " is not a small file with nothing but the secret");
        }
        try {
            String secret = new String(bytes, StandardCharsets.UTF_8).strip();
            return new Credentials(id, secret, null, null);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }
}
