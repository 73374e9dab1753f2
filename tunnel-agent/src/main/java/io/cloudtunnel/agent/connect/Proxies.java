package io.cloudtunnel.agent.connect;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which proxy the environment names: {@code HTTPS_PROXY} for https, {@code HTTP_PROXY} for http,
 * unless {@code NO_PROXY} excepts the host; each also in lower case, which counts first. Loopback
 * is always reached directly. Immutable.
 */
public final class Proxies {

    private final Map<String, String> environment;

    /** The proxies of an environment. */
    public Proxies(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * The proxy on the way to a server, or null.
     *
     * @throws IllegalArgumentException if the variable is malformed
     */
    @Nullable ProxyAddress toward(ServerAddress server) {
        String variable = server.tls() ? "HTTPS_PROXY" : "HTTP_PROXY";
        String text = value(variable);
        if (text == null || isLoopback(server.address()) || isExcepted(server)) {
            return null;
        }
        return ProxyAddress.parse(variable, text);
    }

    /** Checks the variable that counts, so that a mistake is found at the start. */
    public void check(ServerAddress server) {
        toward(server);
    }

    private @Nullable String value(String variable) {
        String lower = environment.get(variable.toLowerCase(Locale.ROOT));
        String value = lower == null ? environment.get(variable) : lower;
        return value == null || value.isBlank() ? null : value.strip();
    }

    private boolean isExcepted(ServerAddress server) {
        String list = value("NO_PROXY");
        if (list == null) {
            return false;
        }
        for (String entry : list.toLowerCase(Locale.ROOT).split("[,\\s]+", -1)) {
            if (matches(entry, server)) {
                return true;
            }
        }
        return false;
    }

    /** {@code *}, a host, a domain with all below it, each perhaps with a port. */
    private static boolean matches(String entry, ServerAddress server) {
        if (entry.equals("*")) {
            return true;
        }
        String name = entry;
        String port = ":" + server.port();
        if (name.endsWith(port) && name.length() > port.length()) {
            name = name.substring(0, name.length() - port.length());
        }
        name = name.replaceFirst("^\\*?\\.", "");
        String host = server.host();
        return !name.isEmpty()
                && (host.equals(name)
                        || server.address().equals(name)
                        || host.endsWith("." + name));
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.matches("127\\.\\d+\\.\\d+\\.\\d+")
                || host.equals("::1");
    }
}
