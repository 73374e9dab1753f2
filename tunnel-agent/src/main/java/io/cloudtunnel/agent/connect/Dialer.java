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
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the server, through a proxy where there is one, and begins TLS. Safe for use by
 * several threads.
 */
final class Dialer {

    /** For one address. */
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

    private final ServerAddress server;
    private final Trust trust;
    private final @Nullable ProxyAddress proxy;

    Dialer(ServerAddress server, Trust trust, @Nullable ProxyAddress proxy) {
        this.server = server;
        this.trust = trust;
        this.proxy = proxy;
    }

    /** Connects to the first hop; the message of a failure names it. */
    Socket connect() throws IOException {
        String host = proxy == null ? server.address() : proxy.host();
        int port = proxy == null ? server.port() : proxy.port();
        String hop = (proxy == null ? "the server " : "the proxy ") + host + ":" + port;
        IOException last = null;
        for (InetAddress address : resolve(host, hop)) {
            try {
                return connect(address, port);
            } catch (IOException e) {
                last = e;
            }
        }
        throw new IOException("cannot connect to " + hop + ": " + reason(last), last);
    }

    private static InetAddress[] resolve(String host, String hop) throws IOException {
        try {
            return InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new IOException("cannot resolve the name of " + hop, e);
        }
    }

    private static Socket connect(InetAddress address, int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.connect(new InetSocketAddress(address, port), (int) CONNECT_LIMIT.toMillis());
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
