package io.cloudtunnel.server.tls;

import java.io.IOException;
import java.net.Socket;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * Accepts TCP connections and layers TLS over them, so that the connection below remains at hand:
 * of the sockets of Java's own {@code SSLServerSocket} none can be closed without waiting for
 * whoever writes to it, nor ended in one direction.
 */
final class LayeredServerSocket extends SSLServerSocket {

    private final SSLContext context;
    private final BiConsumer<SSLSocket, Socket> accepted;
    private SSLParameters parameters; // of the thread that accepts, once it does

    LayeredServerSocket(SSLContext context, BiConsumer<SSLSocket, Socket> accepted)
            throws IOException {
        this.context = context;
        this.accepted = accepted;
        this.parameters = context.getDefaultSSLParameters();
    }

    @Override
    public Socket accept() throws IOException {
        Socket raw = new Socket();
        implAccept(raw);
        SSLSocket secure;
        try {
            secure = (SSLSocket) context.getSocketFactory().createSocket(raw, null, true);
            secure.setUseClientMode(false);
            secure.setSSLParameters(parameters);
        } catch (IOException | RuntimeException e) {
            raw.close();
            throw e;
        }
        accepted.accept(secure, raw);
        return secure;
    }

    @Override
    public SSLParameters getSSLParameters() {
        return parameters;
    }

    @Override
    public void setSSLParameters(SSLParameters others) {
        parameters = others;
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return parameters.getCipherSuites();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        parameters.setCipherSuites(suites);
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return context.getSupportedSSLParameters().getCipherSuites();
    }

    @Override
    public String[] getSupportedProtocols() {
        return context.getSupportedSSLParameters().getProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return parameters.getProtocols();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        parameters.setProtocols(protocols);
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        parameters.setNeedClientAuth(need);
    }

    @Override
    public boolean getNeedClientAuth() {
        return parameters.getNeedClientAuth();
    }

    @Override
    public void setWantClientAuth(boolean want) {
        parameters.setWantClientAuth(want);
    }

    @Override
    public boolean getWantClientAuth() {
        return parameters.getWantClientAuth();
    }

    @Override
    public void setUseClientMode(boolean mode) {
        if (mode) {
            throw new IllegalArgumentException("this is a server");
        }
    }

    @Override
    public boolean getUseClientMode() {
        return false;
    }

    @Override
    public void setEnableSessionCreation(boolean flag) {
        if (!flag) {
            throw new IllegalArgumentException("sessions are created");
        }
    }

    @Override
    public boolean getEnableSessionCreation() {
        return true;
    }
}
