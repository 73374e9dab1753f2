package io.cloudtunnel.server.tls;

import io.cloudtunnel.program.tls.Authorities;
import io.cloudtunnel.program.tls.KeyAndChain;
import io.cloudtunnel.program.tls.Renewed;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS for a listener of Helidon's, whose keys follow their files. Safe for use by several threads.
 *
 * <p>Helidon can reload keys, too, but not the context's other half: which connection is below.
 */
public final class ListenerTls {

    /** No older ones (RFC 8996). */
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private final Tls tls;
    private final @Nullable ClientTrust trust;

    /** Bounded by the threads that accept: each takes its own out at once. */
    private final Map<Socket, Socket> below = new ConcurrentHashMap<>();

    private ListenerTls(Renewed<KeyAndChain> keys, @Nullable ClientTrust trust) {
        this.trust = trust;
        try {
            SSLContext real = SSLContext.getInstance("TLS");
            real.init(
                    new KeyManager[] {new ServerKeys(keys)},
                    trust == null ? new TrustManager[0] : new TrustManager[] {trust},
                    null);
            this.tls =
                    Tls.builder()
                            .sslContext(LayeredContext.of(real, below::put))
                            .enabledProtocols(PROTOCOLS)
                            .clientAuth(trust == null ? TlsClientAuth.NONE : TlsClientAuth.OPTIONAL)
                            .endpointIdentificationAlgorithm(Tls.ENDPOINT_IDENTIFICATION_NONE)
                            .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    /**
     * Reads PEM files.
     *
     * @param clientAuthorities whose signatures count on client certificates; null to ask for none
     * @throws IOException if they cannot be used; the message says which and why
     */
    public static ListenerTls read(Path certificates, Path key, @Nullable Path clientAuthorities)
            throws IOException {
        Renewed<KeyAndChain> keys =
                Renewed.of(List.of(certificates, key), () -> KeyAndChain.read(certificates, key));
        if (clientAuthorities == null) {
            return new ListenerTls(keys, null);
        }
        Renewed<X509ExtendedTrustManager> authorities =
                Renewed.of(List.of(clientAuthorities), () -> Authorities.read(clientAuthorities));
        return new ListenerTls(keys, new ClientTrust(authorities));
    }

    /** For Helidon. */
    public Tls tls() {
        return tls;
    }

    /** Says who of the agents shows a certificate that counts. */
    public ClientCertificates clients() {
        return trust == null ? ClientCertificates.NOT_NEEDED : new ClientCertificates(trust);
    }

    /** The TCP connection below a socket that was just accepted, once; else the same socket. */
    public Socket below(Socket accepted) {
        Socket raw = below.remove(accepted);
        return raw == null ? accepted : raw;
    }
}
