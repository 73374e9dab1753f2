package io.cloudtunnel.program.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The certificates and keys of a PEM file (RFC 7468), in their order; what else it has is not
 * looked at.
 */
record Pem(List<X509Certificate> certificates, List<PrivateKey> keys) {

    private static final int LONGEST_BYTES = 1024 * 1024;
    private static final Pattern BLOCK =
            Pattern.compile(
                    "-----BEGIN ([A-Z0-9 ]{1,40})-----(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

    /**
     * Reads a file.
     *
     * @throws IOException if that cannot be done; the message says why, and holds nothing of it
     */
    static Pem read(Path file) throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        List<PrivateKey> keys = new ArrayList<>();
        List<MatchResult> blocks = BLOCK.matcher(text(file)).results().toList();
        for (MatchResult block : blocks) {
            String label = block.group(1);
            if (label.equals("CERTIFICATE")) {
                certificates.add(certificate(file, content(file, block)));
            } else if (label.equals("PRIVATE KEY")) {
                keys.add(key(file, content(file, block)));
            } else if (label.endsWith("PRIVATE KEY")) {
                throw new IOException(
                        "the key in "
                                + file
                                + " is of another kind (BEGIN "
                                + label
                                + ") than BEGIN PRIVATE KEY, which is needed (PKCS#8, without a"
                                + " password); this makes it one:  openssl pkcs8 -topk8 -nocrypt"
                                + " -in "
                                + file
                                + " -out NEW_FILE");
            }
        }
        if (blocks.isEmpty()) {
            throw new IOException(file + " is not a PEM file: it has no -----BEGIN ...-----");
        }
        return new Pem(List.copyOf(certificates), List.copyOf(keys));
    }

    private static String text(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LONGEST_BYTES + 1);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file, e);
        } catch (IOException e) {
            throw new IOException("the file " + file + " cannot be read", e);
        }
        if (bytes.length > LONGEST_BYTES) {
            throw new IOException(file + " is larger than any PEM file of ours");
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] content(Path file, MatchResult block) throws IOException {
        try {
            return Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException e) { // without its text, which may hold some of a key
            throw new IOException("a part of " + file + " is not base64: " + block.group(1));
        }
    }

    private static X509Certificate certificate(Path file, byte[] content) throws IOException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(content));
        } catch (GeneralSecurityException e) {
            throw new IOException("a certificate in " + file + " is malformed", e);
        }
    }

    private static PrivateKey key(Path file, byte[] content) throws IOException {
        PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(content);
        for (String algorithm : ALGORITHMS) {
            PrivateKey key = keyOf(algorithm, encoded);
            if (key != null) {
                return key;
            }
        }
        throw new IOException(
                "the key in " + file + " is malformed, or neither of RSA nor EC nor EdDSA");
    }

    private static @Nullable PrivateKey keyOf(String algorithm, PKCS8EncodedKeySpec encoded) {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
        } catch (GeneralSecurityException e) {
            return null; // it may be of another one
        }
    }
}
