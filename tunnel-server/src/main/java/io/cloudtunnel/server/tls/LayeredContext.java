package io.cloudtunnel.server.tls;

import java.net.Socket;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.function.BiConsumer;
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

/** A context like another one, but for its server sockets: {@link LayeredServerSocket}. */
final class LayeredContext extends SSLContextSpi {

    private final SSLContext real;
    private final SSLServerSocketFactory sockets;

    private LayeredContext(SSLContext real, BiConsumer<SSLSocket, Socket> accepted) {
        this.real = real;
        this.sockets = new LayeredSockets(real, accepted);
    }

    static SSLContext of(SSLContext real, BiConsumer<SSLSocket, Socket> accepted) {
        return new SSLContext(
                new LayeredContext(real, accepted), real.getProvider(), real.getProtocol()) {};
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        return sockets;
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        return real.getSocketFactory();
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
            throws KeyManagementException {
        throw new KeyManagementException("it is made as it is");
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

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
        return real.getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
        return real.getSupportedSSLParameters();
    }
}
