package io.cloudtunnel.agent.connect;

import io.cloudtunnel.agent.store.Credentials;
import io.cloudtunnel.protocol.http.Authority;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Where the server is.
 *
 * @param tls whether it speaks https
 * @param host the name or address in lower case, an IPv6 address in brackets
 * @param port 1 to 65535
 * @param basePath what goes before {@code /register} and {@code /ws}; empty, or beginning with a
 *     slash and not ending with one
 */
public record ServerAddress(boolean tls, String host, int port, String basePath) {

    /**
     * Takes a URL apart.
     *
     * @throws IllegalArgumentException if it is none of http or https, or has a query
     */
    public static ServerAddress of(URI url) {
        boolean tls = "https".equalsIgnoreCase(url.getScheme());
        if ((!tls && !"http".equalsIgnoreCase(url.getScheme()))
                || url.getHost() == null
                || Authority.parse(url.getHost()) == null
                || url.getUserInfo() != null
                || url.getQuery() != null
                || url.getFragment() != null
                || url.getPort() == 0
                || url.getPort() > 65535) {
            throw new IllegalArgumentException("a URL such as https://tunnel.example.com");
        }
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        int port = url.getPort() < 0 ? (tls ? 443 : 80) : url.getPort();
        return new ServerAddress(tls, url.getHost().toLowerCase(Locale.ROOT), port, path);
    }

    /** The host as a resolver wants it. */
    public String address() {
        return new Authority(host, port).address();
    }

    /** The value of {@code Host}; a default port is left out. */
    public String authority() {
        return port == (tls ? 443 : 80) ? host : host + ":" + port;
    }

    /** The target of the opening handshake, with the credentials in its query or without. */
    String webSocketTarget(Credentials credentials) {
        String path = basePath + "/ws";
        return credentials.inFields()
                ? path
                : path
                        + "?id="
                        + encoded(credentials.id())
                        + "&secret="
                        + encoded(credentials.secret());
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The URL without the path, as a platform names the service. */
    String withoutPath() {
        return (tls ? "https://" : "http://") + authority();
    }

    /** The URL in its normal form. */
    @Override
    public String toString() {
        return withoutPath() + basePath;
    }
}
