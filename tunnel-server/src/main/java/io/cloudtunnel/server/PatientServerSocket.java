package io.cloudtunnel.server;

import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * A server socket that goes on accepting after a failure, such as too many open files: Helidon's
 * listener ends at the first one, for good. For one thread that accepts.
 */
final class PatientServerSocket extends ServerSocket {

    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration WARN_EACH = Duration.ofMinutes(1);
    private static final Logger LOGGER = System.getLogger(PatientServerSocket.class.getName());

    private final ServerSocket socket;
    private long warnedAt = System.nanoTime() - WARN_EACH.toNanos(); // of the thread that accepts

    /** In place of this one, which it uses. */
    PatientServerSocket(ServerSocket socket) throws IOException {
        this.socket = socket;
    }

    /**
     * Puts one in place of the socket that a server of Helidon's has just made, and not bound yet.
     * Helidon makes one by itself, and has no other way in; where its fields cannot be had (a
     * program of several modules) the listener remains one that ends at a failure.
     *
     * @return whether it could
     */
    static boolean replace(WebServer server, ServerSocket made) {
        boolean replaced = false;
        try {
            Field listeners = server.getClass().getDeclaredField("listeners");
            listeners.setAccessible(true);
            for (Object listener : ((Map<?, ?>) listeners.get(server)).values()) {
                Field socket = listener.getClass().getDeclaredField("serverSocket");
                socket.setAccessible(true);
                if (made.equals(socket.get(listener))) {
                    socket.set(listener, new PatientServerSocket(made));
                    replaced = true;
                }
            }
        } catch (ReflectiveOperationException | RuntimeException | IOException e) {
            LOGGER.log(Level.DEBUG, "the listener keeps Helidon's own socket", e);
        }
        return replaced;
    }

    @Override
    public Socket accept() throws IOException {
        while (true) {
            try {
                return socket.accept();
            } catch (IOException | RuntimeException e) {
                if (socket.isClosed()) {
                    throw e;
                }
                warn(e);
                pause(e);
            }
        }
    }

    private static void pause(Exception cause) throws IOException {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted after a failure", cause);
        }
    }

    private void warn(Exception failure) {
        long now = System.nanoTime();
        if (now - warnedAt >= WARN_EACH.toNanos()) {
            warnedAt = now;
            LOGGER.log(
                    Level.WARNING,
                    "a connection could not be accepted, which is tried again: {0}. Where too many"
                            + " files are open, raise that limit (ulimit -n, LimitNOFILE of"
                            + " systemd, --ulimit nofile of Docker)",
                    String.valueOf(failure.getMessage()));
        }
    }

    @Override
    public void bind(SocketAddress endpoint, int backlog) throws IOException {
        socket.bind(endpoint, backlog);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public boolean isBound() {
        return socket.isBound();
    }

    @Override
    public InetAddress getInetAddress() {
        return socket.getInetAddress();
    }

    @Override
    public int getLocalPort() {
        return socket.getLocalPort();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return socket.getLocalSocketAddress();
    }

    @Override
    public <T> ServerSocket setOption(SocketOption<T> name, T value) throws IOException {
        socket.setOption(name, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        return socket.getOption(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return socket.supportedOptions();
    }

    @Override
    public String toString() {
        return socket.toString();
    }
}
