package io.cloudtunnel.server.tls;

import io.cloudtunnel.program.Printable;
import io.cloudtunnel.program.tls.Renewed;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Believes client certificates that the authorities have signed which their file has at the time of
 * the handshake, and says in the log which it does not. Safe for use by several threads.
 */
final class ClientTrust extends X509ExtendedTrustManager {

    private static final Logger LOGGER = System.getLogger(ClientTrust.class.getName());
    private static final int LONGEST_NAME = 200;

    private final Renewed<X509ExtendedTrustManager> authorities;

    ClientTrust(Renewed<X509ExtendedTrustManager> authorities) {
        this.authorities = authorities;
    }

    private interface Check {
        void run() throws CertificateException;
    }

    private static void logged(X509Certificate[] chain, Check check) throws CertificateException {
        try {
            check.run();
        } catch (CertificateException e) {
            LOGGER.log(
                    Level.INFO,
                    "client certificate refused: subject={0}: {1}",
                    Printable.of(chain[0].getSubjectX500Principal().getName(), LONGEST_NAME),
                    e.getMessage());
            throw e;
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
            throws CertificateException {
        // Without the socket: whether a client's certificate is that of its address says nothing.
        checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        logged(chain, () -> authorities.current().checkClientTrusted(chain, type));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.current().getAcceptedIssuers();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        throw new CertificateException("this is a server");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, type);
    }
}
