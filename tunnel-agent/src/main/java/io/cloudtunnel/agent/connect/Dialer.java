package io.cloudtunnel.agent.connect;

import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.http.BodyFraming;
import io.cloudtunnel.protocol.http.HttpInput;
import io.cloudtunnel.protocol.http.HttpLimits;
import io.cloudtunnel.protocol.http.HttpOutput;
import io.cloudtunnel.protocol.http.ReceivedResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the server, through a proxy where there is one, and begins TLS. Safe for use by
 * several threads.
 */
final class Dialer {

    private final ServerAddress server;
    private final Trust trust;
    private final @Nullable ProxyAddress proxy;

    Dialer(ServerAddress server, Trust trust, @Nullable ProxyAddress proxy) {
        this.server = server;
        this.trust = trust;
        this.proxy = proxy;
    }

    /** The addresses of the first hop, which takes as long as the system lets it. */
    List<InetAddress> resolve() throws IOException {
        try {
            String host = proxy == null ? server.address() : proxy.host();
            return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            throw new IOException("cannot resolve the name of " + hop(), e);
        }
    }

    /**
     * Connects to the first hop; the message of a failure names it.
     *
     * @param addresses are tried one after the other
     * @param each the limit for one of them
     * @param all the limit for all of them
     */
    Socket connect(List<InetAddress> addresses, Duration each, Duration all) throws IOException {
        int port = proxy == null ? server.port() : proxy.port();
        long end = System.nanoTime() + all.toNanos();
        IOException last = null;
        for (InetAddress address : addresses) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                break; // the last failure says why
            }
            try {
                return connect(address, port, (int) Math.min(left, each.toMillis()));
            } catch (IOException e) {
                last = e;
            }
        }
        throw new IOException("cannot connect to " + hop() + ": " + reason(last), last);
    }

    private String hop() {
        return proxy == null
                ? "the server " + server.address() + ":" + server.port()
                : "the proxy " + proxy.host() + ":" + proxy.port();
    }

    private static Socket connect(InetAddress address, int port, int limitMillis)
            throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.connect(new InetSocketAddress(address, port), limitMillis);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** What comes before HTTP on a connection: the proxy's part, and TLS. */
    Transport prepare(Socket raw) throws IOException {
        if (proxy != null) {
            askProxy(raw, proxy);
        }
        return new Transport(raw, server.tls() ? secure(raw) : raw);
    }

    /** CONNECT (RFC 9110, section 9.3.6). */
    private void askProxy(Socket raw, ProxyAddress through) throws IOException {
        String target = server.host() + ":" + server.port();
        Fields.Builder fields = Fields.builder().add("Host", target);
        String authorization = through.authorization();
        if (authorization != null) {
            fields.add("Proxy-Authorization", authorization);
        }
        ReceivedResponse answer;
        HttpInput in = new HttpInput(raw.getInputStream(), HttpLimits.DEFAULT);
        try {
            HttpOutput out = new HttpOutput(raw.getOutputStream());
            out.writeRequest("CONNECT", target, fields.build(), BodyFraming.NONE);
            out.end();
            answer = in.readResponse("CONNECT");
        } catch (IOException e) {
            throw new IOException("the proxy " + through + " failed: " + reason(e), e);
        }
        if (answer == null) {
            throw new IOException("the proxy " + through + " closed the connection");
        }
        int status = answer.head().status();
        if (status / 100 != 2) {
            String hint =
                    status == 407
                            ? "; it wants a user and a password: http://user:password@..."
                            : "";
            throw new IOException(
                    "the proxy " + through + " refused " + target + " with " + status + hint);
        }
        if (in.hasBuffered()) {
            throw new IOException("the proxy " + through + " sent bytes before the server could");
        }
    }

    private SSLSocket secure(Socket raw) throws IOException {
        SSLSocket socket =
                (SSLSocket)
                        trust.context()
                                .getSocketFactory()
                                .createSocket(raw, server.address(), server.port(), true);
        trust.applyTo(socket);
        try {
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            throw new IOException(
                    "TLS with the server " + server.authority() + " failed: " + reason(e), e);
        }
    }

    static String reason(@Nullable Throwable e) {
        if (e == null) {
            return "no address";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
