package io.cloudtunnel.agent.local;

import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.protocol.http.HttpLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import javax.net.ssl.SSLSocket;

/** Opens connections to the local service. Safe for use by several threads. */
final class LocalDialer {

    /** For all addresses of the host together, and again for the TLS handshake's reads. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final LocalAddress address;
    private final Trust trust;
    private final HttpLimits limits;

    LocalDialer(LocalAddress address, Trust trust, HttpLimits limits) {
        this.address = address;
        this.trust = trust;
        this.limits = limits;
    }

    /**
     * Connects.
     *
     * @throws IOException if no address of the host takes the connection within the limit, or TLS
     *     fails
     */
    LocalConnection connect() throws IOException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        IOException last = null;
        for (InetAddress each : InetAddress.getAllByName(address.address())) {
            long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (left <= 0) {
                break;
            }
            try {
                return connect(each, (int) left);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last == null ? new SocketTimeoutException("connecting took too long") : last;
    }

    private LocalConnection connect(InetAddress to, int millis) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.socket().connect(new InetSocketAddress(to, address.port()), millis);
            Socket socket = address.tls() ? secure(channel.socket()) : channel.socket();
            return new LocalConnection(channel, socket, limits);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private SSLSocket secure(Socket plain) throws IOException {
        SSLSocket socket =
                (SSLSocket)
                        trust.context()
                                .getSocketFactory()
                                .createSocket(plain, address.address(), address.port(), true);
        trust.applyTo(socket);
        socket.setSoTimeout((int) LIMIT.toMillis());
        socket.startHandshake();
        socket.setSoTimeout(0); // from now on the patrol looks after the time
        return socket;
    }
}
