package io.cloudtunnel.program.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Whose signatures count, from a PEM file. */
public final class Authorities {

    private Authorities() {}

    /**
     * Reads a file of certificates, which count and no others do.
     *
     * @throws IOException if it has none; the message says so
     */
    public static X509ExtendedTrustManager read(Path pem) throws IOException {
        List<X509Certificate> certificates = Pem.read(pem).certificates();
        if (certificates.isEmpty()) {
            throw new IOException("there is no certificate in " + pem);
        }
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (X509Certificate certificate : certificates) {
                store.setCertificateEntry("authority-" + count++, certificate);
            }
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager wanted) {
                    return wanted;
                }
            }
            throw new IllegalStateException("no Java platform has other managers");
        } catch (GeneralSecurityException e) {
            throw new IOException(pem + " is not a PEM file of certificates", e);
        }
    }
}
