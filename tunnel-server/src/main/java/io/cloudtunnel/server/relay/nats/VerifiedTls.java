package io.cloudtunnel.server.relay.nats;

import io.cloudtunnel.server.tls.ForwardingContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS for a client that does not look at whose certificate it is: jnats checks the chain, and never
 * the name, which it does not even pass on. Trusted is what the JVM trusts ({@code
 * javax.net.ssl.trustStore}).
 */
final class VerifiedTls extends ForwardingContext {

    private final SSLSocketFactory sockets;

    private VerifiedTls(SSLContext real, String host) {
        super(real);
        this.sockets = new Factory(real.getSocketFactory(), host);
    }

    /** A context whose sockets end the handshake where the certificate is not this host's. */
    static SSLContext of(String host) throws GeneralSecurityException {
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init((KeyStore) null);
        SSLContext real = SSLContext.getInstance("TLS");
        real.init(null, trust.getTrustManagers(), null);
        return new VerifiedTls(real, host).asContext();
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        return sockets;
    }

    private static final class Factory extends SSLSocketFactory {
        private final SSLSocketFactory real;
        private final String host;

        Factory(SSLSocketFactory real, String host) {
            this.real = real;
            this.host = host;
        }

        private static Socket verified(Socket socket) {
            SSLSocket tls = (SSLSocket) socket;
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            return tls;
        }

        /** The address that is given is one that the client has looked up already. */
        @Override
        public Socket createSocket(Socket socket, String address, int port, boolean closes)
                throws IOException {
            return verified(real.createSocket(socket, host, port, closes));
        }

        @Override
        public Socket createSocket(String address, int port) throws IOException {
            return createSocket(new Socket(address, port), address, port, true);
        }

        @Override
        public Socket createSocket(String address, int port, InetAddress from, int fromPort)
                throws IOException {
            return createSocket(new Socket(address, port, from, fromPort), address, port, true);
        }

        @Override
        public Socket createSocket(InetAddress address, int port) throws IOException {
            return createSocket(new Socket(address, port), host, port, true);
        }

        @Override
        public Socket createSocket(InetAddress address, int port, InetAddress from, int fromPort)
                throws IOException {
            return createSocket(new Socket(address, port, from, fromPort), host, port, true);
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return real.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return real.getSupportedCipherSuites();
        }
    }
}
