package io.cloudtunnel.program;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Where the admin listener is: metrics, and what else is for operators only.
 *
 * @param host its address
 * @param port its port, 0 for any free one
 * @param token what has to be sent as {@code Authorization: Bearer}; null for nothing, which only a
 *     loopback address may have
 */
public record Admin(String host, int port, @Nullable String token) {

    /** The address unless another one is given. */
    public static final String LOOPBACK = "127.0.0.1";

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if they do not go together; the message says what does
     */
    public Admin {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("a port from 0 to 65535");
        }
        if (token != null && !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException(
                    "the admin token has to be visible ASCII without spaces");
        }
        if (token == null && !isLoopback(host)) {
            throw new IllegalArgumentException(
                    "ADMIN_HOST is "
                            + host
                            + ", which others can reach, and there is no ADMIN_TOKEN: anyone could"
                            + " read the metrics. Set ADMIN_TOKEN (for example to the output of:"
                            + " openssl rand -hex 32), or leave ADMIN_HOST out");
        }
    }

    /** On this machine's loopback address, for whoever is on this machine. */
    public static Admin onLoopback(int port) {
        return new Admin(LOOPBACK, port, null);
    }

    private static boolean isLoopback(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("ADMIN_HOST is no address of this machine", e);
        }
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "Admin[" + host + ":" + port + "]";
    }
}
