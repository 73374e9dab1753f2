package io.cloudtunnel.server.tls;

import java.net.Socket;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSocket;

/** A context like another one, but for its server sockets: {@link LayeredServerSocket}. */
final class LayeredContext extends ForwardingContext {

    private final SSLServerSocketFactory sockets;

    private LayeredContext(SSLContext real, BiConsumer<SSLSocket, Socket> accepted) {
        super(real);
        this.sockets = new LayeredSockets(real, accepted);
    }

    static SSLContext of(SSLContext real, BiConsumer<SSLSocket, Socket> accepted) {
        return new LayeredContext(real, accepted).asContext();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        return sockets;
    }
}
