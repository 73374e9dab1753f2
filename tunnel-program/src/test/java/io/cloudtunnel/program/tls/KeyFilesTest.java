package io.cloudtunnel.program.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files with keys and certificates, that the JDK's keytool has made, and files that are wrong. */
@Timeout(60)
class KeyFilesTest {

    private static final String PASSWORD = "changeit";

    @TempDir static Path made;

    @TempDir Path folder;

    /** What one store of keytool's has, in PEM. */
    private record Made(List<String> chain, String key) {}

    private static Made ec;
    private static Made rsa;
    private static Made expired;

    @BeforeAll
    static void make() throws Exception {
        keytool("ca", "EC", "-dname", "CN=ca", "-ext", "bc:c=ca:true");
        keytool("ec", "EC", "-dname", "CN=ec", "-signer", "ca");
        keytool("rsa", "RSA", "-dname", "CN=rsa");
        keytool("old", "Ed25519", "-dname", "CN=old", "-startdate", "-9d", "-validity", "8");
        ec = read("ec");
        rsa = read("rsa");
        expired = read("old");
    }

    private static void keytool(String alias, String algorithm, String... more) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-genkeypair", "-alias", alias, "-keyalg", algorithm));
        command.addAll(List.of("-keystore", made.resolve("p12").toString()));
        command.addAll(List.of("-storepass", PASSWORD));
        command.addAll(List.of(more));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertEquals(0, process.waitFor(), String.join(" ", command));
    }

    private static Made read(String alias) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(made.resolve("p12"))) {
            store.load(in, PASSWORD.toCharArray());
        }
        List<String> chain = new ArrayList<>();
        for (Certificate certificate : store.getCertificateChain(alias)) {
            chain.add(pem("CERTIFICATE", certificate.getEncoded()));
        }
        Key key = store.getKey(alias, PASSWORD.toCharArray());
        return new Made(chain, pem("PRIVATE KEY", key.getEncoded()));
    }

    private static String pem(String label, byte[] content) {
        return "-----BEGIN "
                + label
                + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END "
                + label
                + "-----\n";
    }

    private Path file(String name, String... parts) throws IOException {
        return Files.writeString(
                folder.resolve(name), String.join("", parts), StandardCharsets.US_ASCII);
    }

    private static String refusal(Path certificates, Path key) {
        return String.valueOf(
                assertThrows(IOException.class, () -> KeyAndChain.read(certificates, key))
                        .getMessage());
    }

    @Test
    void chainAndKeyInOneFileOrTwo() throws Exception {
        Path one =
                file("one", "of the authority\n", ec.chain().get(0), ec.chain().get(1), ec.key());
        KeyAndChain read = KeyAndChain.read(one, one);
        assertEquals("CN=ec", read.certificate().getSubjectX500Principal().getName());
        String alias = read.manager().chooseServerAlias("EC", null, null);
        assertEquals(2, read.manager().getCertificateChain(alias).length);

        Path chain = file("chain", rsa.chain().getFirst());
        Path key = file("key", rsa.key());
        assertEquals(
                "RSA", KeyAndChain.read(chain, key).manager().getPrivateKey("key").getAlgorithm());
    }

    @Test
    void aKeyOfAnotherCertificate() throws Exception {
        Path chain = file("chain", ec.chain().getFirst());
        String otherKind = refusal(chain, file("key", rsa.key()));
        assertTrue(otherKind.contains("is not that of the first certificate"), otherKind);
        Path order = file("order", ec.chain().get(1), ec.chain().get(0));
        String sameKind = refusal(order, file("key", ec.key()));
        assertTrue(sameKind.contains("which is for CN=ca"), sameKind);
    }

    @Test
    void outOfOrderOrOutOfTime() throws Exception {
        Path order = file("order", ec.chain().getFirst(), rsa.chain().getFirst(), ec.key());
        assertTrue(refusal(order, order).contains("out of order"));
        Path old = file("old", expired.chain().getFirst(), expired.key());
        assertTrue(refusal(old, old).contains("has expired: 20"), refusal(old, old));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
    void otherKindsOfKeysAndTheCommandThatConverts(String label) throws Exception {
        Path chain = file("chain", rsa.chain().getFirst());
        String text =
                "-----BEGIN " + label + "-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END " + label;
        Path key = file("key", text, "-----\n");
        String refusal = refusal(chain, key);
        assertTrue(
                refusal.contains("openssl pkcs8 -topk8 -nocrypt -in " + key + " -out "), refusal);
    }

    @Test
    void filesThatHaveNoneOrAreNone() throws Exception {
        Path chain = file("chain", ec.chain().getFirst());
        Path key = file("key", ec.key());
        assertTrue(refusal(chain, chain).contains("no private key in " + chain));
        assertTrue(refusal(key, key).contains("no certificate in " + key));
        assertTrue(refusal(file("two", ec.key(), rsa.key()), key).contains("no certificate"));
        assertTrue(
                refusal(chain, file("two", ec.key(), rsa.key())).contains("there are 2 private"));
        assertTrue(refusal(chain, folder.resolve("x")).contains("there is no file"));
        assertTrue(refusal(chain, file("text", "hello")).contains("is not a PEM file"));
        String broken = ec.key().replaceAll("(?m)^[A-Za-z0-9+/]{10}", "!!!SECRET!!!");
        String refusal = refusal(chain, file("broken", broken));
        assertTrue(refusal.contains("malformed"), refusal);
        assertFalse(refusal.contains("SECRET"), refusal);
        assertThrows(IOException.class, () -> Authorities.read(key));
    }

    @Test
    void whatHasChangedIsReadAgainAndWhatIsBrokenIsNot() throws Exception {
        Path one = file("one", ec.chain().getFirst(), ec.key());
        Renewed<KeyAndChain> files = Renewed.of(List.of(one), () -> KeyAndChain.read(one, one));
        KeyAndChain first = files.current();
        file("one", "half writ");
        files.look(); // as if a second had passed
        assertSame(first, files.current());
        file("one", rsa.chain().getFirst(), rsa.key());
        files.look(); // as if a second had passed
        assertEquals("CN=rsa", files.current().certificate().getSubjectX500Principal().getName());
        KeyAndChain second = files.current();
        files.look(); // as if a second had passed
        assertSame(second, files.current(), "nothing has changed");
    }
}
