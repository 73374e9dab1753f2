package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.http.HttpInput;
import io.cloudtunnel.protocol.http.HttpLimits;
import io.cloudtunnel.protocol.http.HttpOutput;
import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;

/**
 * One connection to the local service. One thread reads and one writes at a time; {@link #close} is
 * for any thread and does not wait for them.
 */
final class LocalConnection implements Closeable {

    /** An idle TLS connection is looked at only after so long: looking takes a millisecond. */
    private static final long TLS_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SocketChannel channel;
    private final Socket socket;
    private final HttpInput in;
    private final HttpOutput out;
    private boolean used;
    private long idleSinceNanos;

    /**
     * A connection that was just made.
     *
     * @param channel the transport, which is closed without a word of TLS
     * @param socket what is spoken over: the channel's socket, or TLS over it
     */
    LocalConnection(SocketChannel channel, Socket socket, HttpLimits limits) throws IOException {
        this.channel = channel;
        this.socket = socket;
        this.in = new HttpInput(socket.getInputStream(), limits);
        this.out = new HttpOutput(socket.getOutputStream());
    }

    HttpInput in() {
        return in;
    }

    HttpOutput out() {
        return out;
    }

    /**
     * Carries raw bytes from now on, as long as both sides like. What tells of a service whose
     * machine has gone is TCP.
     */
    void switchProtocols() throws IOException {
        out.raw();
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    }

    /** Sends what waits, and the end of all that is sent; reading goes on. */
    void endOutput() throws IOException {
        out.end();
        socket.shutdownOutput();
    }

    /** Closes with a reset, so that what was cut does not look like an end. */
    void abort() {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException ignored) {
            // It is closed already.
        }
        close();
    }

    /** Whether it has carried a request before this one. */
    boolean used() {
        return used;
    }

    /** It has nothing to do from now on. */
    void idle(long nowNanos) {
        used = true;
        idleSinceNanos = nowNanos;
    }

    long idleSinceNanos() {
        return idleSinceNanos;
    }

    /**
     * Whether it may carry another request: the service has neither closed it nor sent what nobody
     * asked for. Over plain TCP a read that does not wait tells at once; over TLS, where bytes may
     * come that are no data, only one that waits, so a connection that was used lately is trusted.
     */
    boolean usable(long nowNanos) {
        try {
            if (!(socket instanceof SSLSocket)) {
                return hasNothingToRead();
            }
            if (nowNanos - idleSinceNanos < TLS_LOOK_NANOS) {
                return true;
            }
            return hasNothingToReadFor(1);
        } catch (IOException e) {
            return false;
        }
    }

    private boolean hasNothingToReadFor(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            in.await();
            return false;
        } catch (SocketTimeoutException e) {
            socket.setSoTimeout(0); // else the patrol looks after the time
            return true;
        }
    }

    private boolean hasNothingToRead() throws IOException {
        channel.configureBlocking(false);
        int count = channel.read(ByteBuffer.allocate(1));
        channel.configureBlocking(true);
        return count == 0;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // It is closed as well as it can be.
        }
    }
}
