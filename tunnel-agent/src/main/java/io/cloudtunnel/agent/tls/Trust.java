package io.cloudtunnel.agent.tls;

import io.cloudtunnel.program.tls.Authorities;
import io.cloudtunnel.program.tls.KeyAndChain;
import io.cloudtunnel.program.tls.Renewed;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom to believe in a TLS handshake: the authorities that the Java platform knows, those of a
 * file, or anybody; and what is shown there. Safe for use by several threads.
 */
public final class Trust {

    /** What makes sockets, for as long as what it shows has not changed. */
    private record Made(@Nullable KeyAndChain shown, SSLContext context) {}

    private final TrustManager @Nullable [] managers;
    private final boolean anybody;
    private final @Nullable Renewed<KeyAndChain> own;
    private volatile Made made;

    private Trust(
            TrustManager @Nullable [] managers,
            boolean anybody,
            @Nullable Renewed<KeyAndChain> own) {
        this.managers = managers;
        this.anybody = anybody;
        this.own = own;
        this.made = make(managers, own == null ? null : own.current());
    }

    /** The authorities that the Java platform knows. */
    public static Trust platform() {
        return new Trust(null, false, null);
    }

    /**
     * The authorities of a PEM file, and no others.
     *
     * @throws IOException if there is no such file, or no certificate in it; the message says so
     */
    public static Trust authorities(Path pem) throws IOException {
        return new Trust(new TrustManager[] {Authorities.read(pem)}, false, null);
    }

    /** Anybody: for a self-signed service that is reached over a network that is trusted. */
    public static Trust anybody() {
        return new Trust(new TrustManager[] {new AnyCertificate()}, true, null);
    }

    /**
     * The same, and shows a certificate to whoever asks for one that its authorities have signed.
     * Its files are read again once they have changed.
     *
     * @param certificates PEM file with the chain
     * @param key PEM file with its key, which may be the same one
     * @throws IOException if they cannot be used; the message says which and why
     */
    public Trust showing(Path certificates, Path key) throws IOException {
        Renewed<KeyAndChain> files =
                Renewed.of(List.of(certificates, key), () -> KeyAndChain.read(certificates, key));
        return new Trust(managers, anybody, files);
    }

    private static Made make(TrustManager @Nullable [] managers, @Nullable KeyAndChain shown) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManager[] keys = shown == null ? null : new KeyManager[] {shown.manager()};
            context.init(keys, managers, null);
            return new Made(shown, context);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    /** What makes sockets. */
    public SSLContext context() {
        KeyAndChain now = own == null ? null : own.current();
        Made last = made;
        if (last.shown() != now) { // two may make one at a time, which does no harm
            last = make(managers, now);
            made = last;
        }
        return last.context();
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
