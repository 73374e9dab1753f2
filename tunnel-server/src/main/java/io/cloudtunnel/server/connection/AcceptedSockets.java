package io.cloudtunnel.server.connection;

import io.cloudtunnel.protocol.session.Patrol;
import io.helidon.common.socket.SocketOptions;
import io.helidon.webserver.ConnectionContext;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Options for accepted sockets that also remember each socket until its connection begins.
 *
 * <p>Helidon hides the socket from a connection, and what it shows instead cannot close one
 * direction only, which the end of an upgraded stream and an answer to an unread request need. Safe
 * for use by several threads.
 */
public final class AcceptedSockets implements SocketOptions, Patrol.Guarded {

    /** From here on sockets that were closed before their connection began are looked for. */
    private static final int SWEEP_AT = 1024;

    private record Ends(SocketAddress remote, SocketAddress local) {}

    /**
     * A socket whose connection has not begun.
     *
     * @param socket as Helidon has it
     * @param below the TCP connection; the same one, unless TLS of ours is over it
     */
    record Accepted(Socket socket, Socket below, long sinceNanos) {}

    private static final Logger LOGGER = System.getLogger(AcceptedSockets.class.getName());

    private final SocketOptions options;

    /** Bounded by the connections that are about to begin: twice that at most, and SWEEP_AT. */
    private final Map<Ends, Accepted> sockets = new ConcurrentHashMap<>();

    private final UnaryOperator<Socket> below;
    private final long handshakeNanos;

    private final OpenConnections open;

    private volatile int sweepAt = SWEEP_AT;

    /**
     * The same options, and the memory.
     *
     * @param below finds the TCP connection below a socket that was just accepted
     * @param handshake what a TLS handshake may take
     * @param open the connections that have begun
     */
    public AcceptedSockets(
            SocketOptions options,
            UnaryOperator<Socket> below,
            Duration handshake,
            OpenConnections open) {
        this.open = open;
        this.handshakeNanos = handshake.toNanos();
        this.options = options;
        this.below = below;
    }

    @Override
    public void configureSocket(Socket socket) {
        Socket raw = below.apply(socket);
        if (!mayBegin()) {
            close(raw);
            throw new IllegalStateException("too many connections"); // Helidon accepts the next one
        }
        options.configureSocket(socket);
        if (sockets.size() >= sweepAt) { // one thread accepts
            forgetClosed();
            sweepAt = Math.max(SWEEP_AT, 2 * sockets.size());
        }
        sockets.put(
                new Ends(socket.getRemoteSocketAddress(), socket.getLocalSocketAddress()),
                new Accepted(socket, raw, System.nanoTime()));
    }

    private boolean mayBegin() {
        try {
            return open.hasPlace(this);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** How many are about to begin. */
    int count() {
        return sockets.size();
    }

    void forgetClosed() {
        sockets.values().removeIf(accepted -> accepted.below().isClosed());
    }

    /** Ends handshakes that take too long: Helidon has no limit for them. */
    @Override
    public void look(long nowNanos) {
        if (sockets.isEmpty()) {
            return;
        }
        forgetClosed();
        for (Accepted accepted : sockets.values()) {
            boolean shakesHands = !accepted.below().equals(accepted.socket());
            if (shakesHands && nowNanos - accepted.sinceNanos() > handshakeNanos) {
                Thread.ofVirtual().name("tunnel-handshake").start(() -> close(accepted.below()));
            }
        }
    }

    private static void close(Socket raw) {
        try {
            raw.close();
        } catch (IOException e) {
            LOGGER.log(Level.TRACE, "closing failed", e);
        }
    }

    /**
     * The socket of a connection, once; null where these options were not those of its listener.
     */
    @Nullable Accepted take(ConnectionContext context) {
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
