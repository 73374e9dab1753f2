package io.cloudtunnel.server.tls;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/** A TLS context that does what another one does, to be changed in some of it. */
public class ForwardingContext extends SSLContextSpi {

    private final SSLContext real;

    /** Forwards to this context, which is ready. */
    protected ForwardingContext(SSLContext real) {
        this.real = real;
    }

    /** As a context that can be used. */
    protected final SSLContext asContext() {
        return new SSLContext(this, real.getProvider(), real.getProtocol()) {};
    }

    @Override
    protected final void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
            throws KeyManagementException {
        throw new KeyManagementException("it is ready");
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        return real.getServerSocketFactory();
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        return real.getSocketFactory();
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
