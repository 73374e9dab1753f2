package io.cloudtunnel.server.relay.servers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * A certificate for {@code localhost} and nothing else, made by the JDK's keytool, and trusted by
 * this JVM until it is closed.
 *
 * @param chain in PEM
 * @param key in PEM
 */
public record Certificate(Path chain, Path key) implements AutoCloseable {

    private static final String TRUST = "javax.net.ssl.trustStore";
    private static final String TRUST_PASSWORD = "javax.net.ssl.trustStorePassword";
    private static final String PASSWORD = "changeit";

    /** A new one, with its files in this folder. */
    public static Certificate trusted(Path folder)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = folder.resolve("localhost.p12");
        run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "localhost",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=DNS:localhost",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        byte[] chain = keys.getCertificate("localhost").getEncoded();
        byte[] key = keys.getKey("localhost", PASSWORD.toCharArray()).getEncoded();
        System.setProperty(TRUST, store.toString()); // it is its own authority
        System.setProperty(TRUST_PASSWORD, PASSWORD);
        return new Certificate(
                pem(folder.resolve("chain.pem"), "CERTIFICATE", chain),
                pem(folder.resolve("key.pem"), "PRIVATE KEY", key));
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(List.of(command))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (process.waitFor() != 0) {
            throw new IOException(command[0] + " failed");
        }
    }

    private static Path pem(Path file, String what, byte[] content) throws IOException {
        byte[] newline = {'\n'};
        String text = Base64.getMimeEncoder(64, newline).encodeToString(content);
        String pem = "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
        return Files.write(file, pem.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {
        System.clearProperty(TRUST);
        System.clearProperty(TRUST_PASSWORD);
    }
}
