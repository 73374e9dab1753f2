package io.cloudtunnel.server.connection;

import io.helidon.common.socket.SocketOptions;
import io.helidon.webserver.ConnectionContext;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Options for accepted sockets that also remember each socket until its connection begins.
 *
 * <p>Helidon hides the socket from a connection, and what it shows instead cannot close one
 * direction only, which the end of an upgraded stream and an answer to an unread request need. Safe
 * for use by several threads.
 */
public final class AcceptedSockets implements SocketOptions {

    /** From here on sockets that were closed before their connection began are looked for. */
    private static final int SWEEP_AT = 1024;

    private record Ends(SocketAddress remote, SocketAddress local) {}

    private final SocketOptions options;

    /** Bounded by the connections that are about to begin: twice that at most, and SWEEP_AT. */
    private final Map<Ends, Socket> sockets = new ConcurrentHashMap<>();

    private volatile int sweepAt = SWEEP_AT;

    /** The same options, and the memory. */
    public AcceptedSockets(SocketOptions options) {
        this.options = options;
    }

    @Override
    public void configureSocket(Socket socket) {
        options.configureSocket(socket);
        if (sockets.size() >= sweepAt) { // one thread accepts
            sockets.values().removeIf(Socket::isClosed);
            sweepAt = Math.max(SWEEP_AT, 2 * sockets.size());
        }
        sockets.put(
                new Ends(socket.getRemoteSocketAddress(), socket.getLocalSocketAddress()), socket);
    }

    /**
     * The socket of a connection, once; null where these options were not those of its listener.
     */
    @Nullable Socket take(ConnectionContext context) {
        return sockets.remove(
                new Ends(context.remotePeer().address(), context.localPeer().address()));
    }

    @Override
    public Map<SocketOption<?>, Object> socketOptions() {
        return options.socketOptions();
    }

    @Override
    public Duration connectTimeout() {
        return options.connectTimeout();
    }

    @Override
    public Duration readTimeout() {
        return options.readTimeout();
    }

    @Override
    public Optional<Integer> socketReceiveBufferSize() {
        return options.socketReceiveBufferSize();
    }

    @Override
    public Optional<Integer> socketSendBufferSize() {
        return options.socketSendBufferSize();
    }

    @Override
    public boolean socketReuseAddress() {
        return options.socketReuseAddress();
    }

    @Override
    public boolean socketKeepAlive() {
        return options.socketKeepAlive();
    }

    @Override
    public boolean tcpNoDelay() {
        return options.tcpNoDelay();
    }
}
