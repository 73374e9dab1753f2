package io.cloudtunnel.agent.connect;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy.
 *
 * @param host the name or address, without brackets
 * @param port 1 to 65535
 * @param user for Basic authentication; null where the proxy asks for none
 * @param password perhaps empty
 */
record ProxyAddress(String host, int port, @Nullable String user, String password) {

    /**
     * Reads {@code http://user:password@host:port}, of which scheme, user and port may be missing.
     *
     * @throws IllegalArgumentException if it is malformed; the message repeats nothing of it
     */
    static ProxyAddress parse(String variable, String text) {
        try {
            URI url = new URI(text.contains("://") ? text : "http://" + text);
            if (!"http".equalsIgnoreCase(url.getScheme()) || url.getHost() == null) {
                throw malformed(variable);
            }
            String host = url.getHost();
            String address = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
            int port = url.getPort() < 0 ? 80 : url.getPort();
            String info = url.getUserInfo();
            if (port < 1 || port > 65535 || (info != null && hasControl(info))) {
                throw malformed(variable);
            }
            int colon = info == null ? -1 : info.indexOf(':');
            return info == null || colon < 0
                    ? new ProxyAddress(address, port, info, "")
                    : new ProxyAddress(
                            address, port, info.substring(0, colon), info.substring(colon + 1));
        } catch (URISyntaxException e) {
            throw malformed(variable);
        }
    }

    private static boolean hasControl(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    private static IllegalArgumentException malformed(String variable) {
        return new IllegalArgumentException(
                variable + " is not the URL of an HTTP proxy, such as http://proxy:3128");
    }

    /** The value of {@code Proxy-Authorization} (RFC 7617), or null. */
    @Nullable String authorization() {
        if (user == null) {
            return null;
        }
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    /** Without user and password. */
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
