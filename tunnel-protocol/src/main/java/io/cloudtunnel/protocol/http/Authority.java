package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Tokens;
import org.jspecify.annotations.Nullable;

/**
 * A host and perhaps a port: the value of {@code Host} (RFC 9110, section 7.2; RFC 3986, section
 * 3.2).
 *
 * <p>Stricter than the grammar: of a name's characters only letters, digits, {@code - . _ ~} and
 * percent-encoded bytes pass, so that a host can be quoted in other fields and in URIs as it is.
 * IPv6 addresses stand in brackets and have no zone.
 *
 * @param host the host as it came, with brackets around an IPv6 address; never empty
 * @param port 0 to 65535, or -1 where there is none
 */
public record Authority(String host, int port) {

    private static final int MAX_HOST_CHARS = 255;
    private static final int MAX_PORT = 65535;
    private static final int MAX_PORT_DIGITS = 5;

    /** Reads {@code host}, {@code host:} or {@code host:port}; null if it is malformed. */
    public static @Nullable Authority parse(String text) {
        int end = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
        if (end < 0) {
            end = text.length();
        }
        String host = text.substring(0, end);
        if (!isHost(host)) {
            return null;
        }
        if (end == text.length()) {
            return new Authority(host, -1);
        }
        if (text.charAt(end) != ':') {
            return null;
        }
        int port = port(text, end + 1);
        return port < -1 ? null : new Authority(host, port);
    }

    /** The port, or the one given where there is none. */
    public int portOr(int defaultPort) {
        return port < 0 ? defaultPort : port;
    }

    /** The host without the brackets of an IPv6 address, as a resolver wants it. */
    public String address() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** In the form in which {@link #parse} reads it. */
    @Override
    public String toString() {
        return port < 0 ? host : host + ":" + port;
    }

    /** -1 where there is none, -2 where it is malformed. */
    private static int port(String text, int from) {
        if (text.length() - from > MAX_PORT_DIGITS) {
            return -2;
        }
        int port = from == text.length() ? -1 : 0;
        for (int i = from; i < text.length(); i++) {
            if (!Tokens.isDigit(text.charAt(i))) {
                return -2;
            }
            port = port * 10 + (text.charAt(i) - '0');
        }
        return port > MAX_PORT ? -2 : port;
    }

    private static boolean isHost(String host) {
        if (host.isEmpty() || host.length() > MAX_HOST_CHARS) {
            return false;
        }
        if (host.startsWith("[")) {
            String address = host.substring(1, host.length() - 1);
            return address.indexOf(':') >= 0 && IpAddress.parse(address) != null;
        }
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c == '%') {
                if (!isEncoded(host, i)) {
                    return false;
                }
            } else if (!isNameCharacter(c)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isEncoded(String text, int percent) {
        return percent + 2 < text.length()
                && Tokens.hex(text.charAt(percent + 1)) >= 0
                && Tokens.hex(text.charAt(percent + 2)) >= 0;
    }

    private static boolean isNameCharacter(char c) {
        return Tokens.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0;
    }
}
