package io.cloudtunnel.server.relay.nats;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the servers of a NATS are, and how to be let in. What is secret is kept apart from the
 * addresses, so that whoever prints these, prints nothing else.
 */
final class NatsUrl {

    private static final int PORT = 4222;

    private final List<Server> servers = new ArrayList<>();
    private final @Nullable String userInfo;

    /** The address of a server. */
    record Server(boolean isTls, String host, int port) {

        /** As a URL. */
        String url() {
            return (isTls ? "tls://" : "nats://") + host + ":" + port;
        }
    }

    private NatsUrl(List<URI> uris) {
        this.userInfo = uris.getFirst().getRawUserInfo();
        for (URI uri : uris) {
            int port = uri.getPort() < 0 ? PORT : uri.getPort();
            servers.add(new Server("tls".equals(uri.getScheme()), uri.getHost(), port));
        }
    }

    /**
     * One URL, or those of several servers of a cluster with commas between; the name and password,
     * or the token, of the first one are used with all.
     *
     * @throws IllegalArgumentException if it is malformed; the message repeats nothing of it
     */
    static NatsUrl parse(String text) {
        List<URI> uris = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            URI uri = uri(each.strip());
            String scheme = uri == null ? null : uri.getScheme();
            if (uri == null || !("nats".equals(scheme) || "tls".equals(scheme))) {
                throw new IllegalArgumentException("it begins neither with nats:// nor tls://");
            }
            if (uri.getHost() == null) {
                throw new IllegalArgumentException("it has no host");
            }
            if (!uris.isEmpty() && !uri.getScheme().equals(uris.getFirst().getScheme())) {
                throw new IllegalArgumentException("it mixes nats:// and tls://");
            }
            uris.add(uri);
        }
        return new NatsUrl(uris);
    }

    private static @Nullable URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            return null; // its message has the text
        }
    }

    /** The servers by turns. */
    Server server(int turn) {
        return servers.get(Math.floorMod(turn, servers.size()));
    }

    /** The token, null where there is none. */
    @Nullable String token() {
        return userInfo == null || userInfo.contains(":") ? null : decoded(userInfo);
    }

    /** The name, null where there is none. */
    @Nullable String user() {
        return userInfo == null || !userInfo.contains(":")
                ? null
                : decoded(userInfo.substring(0, userInfo.indexOf(':')));
    }

    /** What belongs to the name; empty where there is none. */
    String password() {
        return userInfo == null ? "" : decoded(userInfo.substring(userInfo.indexOf(':') + 1));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
