package io.cloudtunnel.server.relay.nats;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.KeyStore;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS for a client that does not look at whose certificate it is: jnats checks the chain, and never
 * the name, which it does not even pass on. Trusted is what the JVM trusts ({@code
 * javax.net.ssl.trustStore}).
 */
final class VerifiedTls extends SSLContextSpi {

    private final SSLContext real;
    private final String host;

    private VerifiedTls(SSLContext real, String host) {
        this.real = real;
        this.host = host;
    }

    /** A context whose sockets end the handshake where the certificate is not this host's. */
    static SSLContext of(String host) throws GeneralSecurityException {
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init((KeyStore) null);
        SSLContext real = SSLContext.getInstance("TLS");
        real.init(null, trust.getTrustManagers(), null);
        return new SSLContext(
                new VerifiedTls(real, host), real.getProvider(), real.getProtocol()) {};
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        return new Factory(real.getSocketFactory(), host);
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

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trusts, SecureRandom random)
            throws KeyManagementException {
        throw new KeyManagementException("it is ready");
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        return real.getServerSocketFactory();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
        return real.createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        return real.createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        return real.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        return real.getClientSessionContext();
    }
}
