package io.cloudtunnel.server.relay.servers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An authority of certificates, with the JDK's keytool. */
public final class Authority {

    private static final String PASSWORD = "changeit";

    private final Path store;
    private final Path pem;

    /**
     * What it has issued, in PEM.
     *
     * @param chain the certificate, and that of the authority
     * @param key of the certificate
     * @param both of them in one file
     */
    public record Issued(Path chain, Path key, Path both) {}

    /** A new one with files in this folder. */
    public Authority(Path folder, String name) throws Exception {
        store = folder.resolve(name + ".p12");
        keytool("-alias", "ca", "-dname", "CN=" + name, "-ext", "bc:c=ca:true");
        pem = folder.resolve(name + ".pem");
        Files.writeString(pem, certificate(chain("ca")[0]));
    }

    /** Its own certificate, in PEM. */
    public Path pem() {
        return pem;
    }

    /** A certificate for clients, and for servers at {@code localhost}; new with each call. */
    public Issued issue(String name, String... more) throws Exception {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("-alias", name, "-dname", "CN=" + name, "-signer", "ca"));
        arguments.addAll(List.of("-ext", "san=dns:localhost,ip:127.0.0.1"));
        arguments.addAll(List.of(more));
        keytool(arguments.toArray(String[]::new));
        StringBuilder chain = new StringBuilder();
        for (Certificate each : chain(name)) {
            chain.append(certificate(each));
        }
        String key = pem("PRIVATE KEY", load().getKey(name, PASSWORD.toCharArray()).getEncoded());
        return new Issued(
                Files.writeString(beside(name + "-chain.pem"), chain),
                Files.writeString(beside(name + "-key.pem"), key),
                Files.writeString(beside(name + ".pem"), chain + key));
    }

    private Path beside(String name) {
        return store.resolveSibling(name);
    }

    /** The chain that it has issued under this name. */
    public X509Certificate[] chain(String name) throws GeneralSecurityException, IOException {
        Certificate[] chain = load().getCertificateChain(name);
        X509Certificate[] all = new X509Certificate[chain.length];
        System.arraycopy(chain, 0, all, 0, chain.length);
        return all;
    }

    private KeyStore load() throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private static String certificate(Certificate one) throws GeneralSecurityException {
        return pem("CERTIFICATE", one.getEncoded());
    }

    private static String pem(String label, byte[] content) {
        byte[] newline = {'\n'};
        String text =
                new String(
                        Base64.getMimeEncoder(64, newline).encode(content),
                        StandardCharsets.US_ASCII);
        return "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n";
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-keystore", store.toString()));
        command.addAll(List.of("-storepass", PASSWORD));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (process.waitFor() != 0) {
            throw new IOException("keytool failed: " + command);
        }
    }
}
