package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.http.Authority;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where the local service is. The agent talks to this host and port, and to no other, whatever a
 * request says.
 *
 * @param tls whether it speaks https
 * @param host the name or address, an IPv6 address in brackets
 * @param port 1 to 65535
 */
public record LocalAddress(boolean tls, String host, int port) {

    private static final int MAX_PORT = 65535;

    /**
     * Reads a URL without path, or a port of this machine.
     *
     * @throws IllegalArgumentException if it is neither; the message says what it must be
     */
    public static LocalAddress parse(String text) {
        if (text.matches("\\d{1,5}")) {
            return new LocalAddress(false, "127.0.0.1", checked(Integer.parseInt(text)));
        }
        try {
            return of(new URI(text));
        } catch (URISyntaxException e) {
            throw malformed();
        }
    }

    private static LocalAddress of(URI url) {
        boolean tls = "https".equalsIgnoreCase(url.getScheme());
        if ((!tls && !"http".equalsIgnoreCase(url.getScheme()))
                || url.getHost() == null
                || url.getUserInfo() != null
                || url.getQuery() != null
                || url.getFragment() != null) {
            throw malformed();
        }
        String path = url.getPath();
        if (path != null && !path.isEmpty() && !path.equals("/")) {
            throw new IllegalArgumentException(
                    "a URL without a path: the path is the one that the client asks for");
        }
        int port = url.getPort() < 0 ? (tls ? 443 : 80) : url.getPort();
        if (Authority.parse(url.getHost()) == null) {
            throw malformed();
        }
        return new LocalAddress(tls, url.getHost(), checked(port));
    }

    private static int checked(int port) {
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("a URL or a port from 1 to 65535");
        }
        return port;
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException(
                "a URL such as http://127.0.0.1:3000, or a port such as 3000");
    }

    /** The host as a resolver wants it. */
    public String address() {
        return new Authority(host, port).address();
    }

    /** The value of {@code Host}; a default port is left out (RFC 9110, section 4.2.3). */
    public String authority() {
        return port == (tls ? 443 : 80) ? host : host + ":" + port;
    }

    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + authority();
    }
}
