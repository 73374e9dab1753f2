package io.cloudtunnel.server.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSocket;

/** Makes {@link LayeredServerSocket}s. Immutable. */
final class LayeredSockets extends SSLServerSocketFactory {

    private final SSLContext context;
    private final BiConsumer<SSLSocket, Socket> accepted;

    /**
     * A factory for this context.
     *
     * @param accepted is told of each socket, and of the connection below it
     */
    LayeredSockets(SSLContext context, BiConsumer<SSLSocket, Socket> accepted) {
        this.context = context;
        this.accepted = accepted;
    }

    @Override
    public ServerSocket createServerSocket() throws IOException {
        return new LayeredServerSocket(context, accepted);
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
        return createServerSocket(port, 0);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
        return bound(new InetSocketAddress(port), backlog);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address)
            throws IOException {
        return bound(new InetSocketAddress(address, port), backlog);
    }

    private ServerSocket bound(InetSocketAddress address, int backlog) throws IOException {
        ServerSocket socket = createServerSocket();
        try {
            socket.bind(address, backlog);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return context.getDefaultSSLParameters().getCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return context.getSupportedSSLParameters().getCipherSuites();
    }
}
