package io.cloudtunnel.program.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * A private key, and the chain of certificates that begins with its own. Immutable; safe for use by
 * several threads.
 */
public final class KeyAndChain {

    private static final char[] NO_PASSWORD = {'-'}; // it never leaves the memory

    private final PrivateKey key;
    private final List<X509Certificate> chain;

    private KeyAndChain(PrivateKey key, List<X509Certificate> chain) {
        this.key = key;
        this.chain = chain;
    }

    /**
     * Reads PEM files, which may be one and the same.
     *
     * @param certificates has the chain, the key's own certificate first
     * @param key has the key, in PKCS#8 and without a password
     * @throws IOException if they cannot be used: unreadable, key and certificate not of each
     *     other, chain out of order, expired; the message says which and why
     */
    public static KeyAndChain read(Path certificates, Path key) throws IOException {
        List<X509Certificate> chain = Pem.read(certificates).certificates();
        List<PrivateKey> keys = Pem.read(key).keys();
        if (chain.isEmpty()) {
            throw new IOException(
                    "there is no certificate in " + certificates + " (BEGIN CERTIFICATE)");
        }
        if (keys.size() != 1) {
            throw new IOException(
                    keys.isEmpty()
                            ? "there is no private key in " + key + " (BEGIN PRIVATE KEY)"
                            : "there are " + keys.size() + " private keys in " + key + ", not one");
        }
        KeyAndChain read = new KeyAndChain(keys.getFirst(), chain);
        if (!read.isPair()) {
            throw new IOException(
                    "the key in "
                            + key
                            + " is not that of the first certificate in "
                            + certificates
                            + ", which is for "
                            + chain.getFirst().getSubjectX500Principal());
        }
        for (int i = 1; i < chain.size(); i++) {
            if (!chain.get(i - 1)
                    .getIssuerX500Principal()
                    .equals(chain.get(i).getSubjectX500Principal())) {
                throw new IOException(
                        "the certificates in "
                                + certificates
                                + " are out of order: each is followed by that of its issuer");
            }
        }
        checkTime(certificates, chain.getFirst());
        return read;
    }

    private static void checkTime(Path file, X509Certificate own) throws IOException {
        try {
            own.checkValidity();
        } catch (CertificateExpiredException e) {
            throw new IOException(
                    "the certificate in " + file + " has expired: " + own.getNotAfter().toInstant(),
                    e);
        } catch (CertificateNotYetValidException e) {
            throw new IOException(
                    "the certificate in "
                            + file
                            + " is not valid yet: from "
                            + own.getNotBefore().toInstant(),
                    e);
        }
    }

    private boolean isPair() {
        PublicKey open = chain.getFirst().getPublicKey();
        if (key instanceof RSAKey one && open instanceof RSAKey other) {
            return one.getModulus().equals(other.getModulus());
        }
        if (!key.getAlgorithm().equals(open.getAlgorithm())) {
            return false;
        }
        try {
            Signature signature =
                    Signature.getInstance(
                            key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "EdDSA");
            byte[] any = {1, 2, 3};
            signature.initSign(key);
            signature.update(any);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(any);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** The key's own certificate. */
    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /** What shows it in handshakes. */
    public X509ExtendedKeyManager manager() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("key", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory factory =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, NO_PASSWORD);
            for (KeyManager manager : factory.getKeyManagers()) {
                if (manager instanceof X509ExtendedKeyManager wanted) {
                    return wanted;
                }
            }
            throw new IllegalStateException("no Java platform has other managers");
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java platform has these", e);
        }
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "KeyAndChain[" + certificate().getSubjectX500Principal() + "]";
    }
}
