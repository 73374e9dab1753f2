package io.cloudtunnel.agent.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whom to believe in a TLS handshake: the authorities that the Java platform knows, those of a
 * file, or anybody. Immutable; safe for use by several threads.
 */
public final class Trust {

    private final SSLContext context;
    private final boolean anybody;

    private Trust(SSLContext context, boolean anybody) {
        this.context = context;
        this.anybody = anybody;
    }

    /** The authorities that the Java platform knows. */
    public static Trust platform() {
        return of(null, false);
    }

    /**
     * The authorities of a PEM file, and no others.
     *
     * @throws IOException if there is no such file, or no certificate in it; the message says so
     */
    public static Trust authorities(Path pem) throws IOException {
        return of(trustManagers(pem), false);
    }

    /** Anybody: for a self-signed service that is reached over a network that is trusted. */
    public static Trust anybody() {
        return of(new TrustManager[] {new AnyCertificate()}, true);
    }

    private static Trust of(TrustManager @Nullable [] managers, boolean anybody) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers, null);
            return new Trust(context, anybody);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    private static TrustManager[] trustManagers(Path pem) throws IOException {
        try (InputStream in = Files.newInputStream(pem)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new IOException("there is no certificate in " + pem);
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (Certificate certificate : certificates) {
                store.setCertificateEntry("authority-" + count++, certificate);
            }
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException e) {
            throw new IOException(pem + " is not a PEM file of certificates", e);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + pem, e);
        }
    }

    /** What makes sockets. */
    public SSLContext context() {
        return context;
    }

    /** Whether anybody is believed. */
    public boolean isAnybody() {
        return anybody;
    }

    /** Asks for the check that the certificate is that of the host (RFC 9110, section 4.3.4). */
    public void applyTo(SSLSocket socket) {
        if (!anybody) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
        }
    }
}
