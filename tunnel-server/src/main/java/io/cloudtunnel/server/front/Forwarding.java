package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.NameSet;
import io.cloudtunnel.server.access.AccessFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The fields that tell the local service about the client: set from the server's own view, and from
 * what the configured number of trusted proxies in front of it says. What a client sent of them is
 * never believed. Immutable.
 */
public final class Forwarding {

    /** What only the server, or only server and agent between them, may say. */
    private static final NameSet RESERVED =
            NameSet.of(
                    "forwarded",
                    "x-forwarded-for",
                    "x-forwarded-proto",
                    "x-forwarded-host",
                    "x-forwarded-prefix",
                    "x-forwarded-port",
                    "x-real-ip",
                    "x-request-id",
                    "x-tunnel-id");

    private static final String INTERNAL = "cloudtunnel-";

    private final int trustedHops;

    /** Forwarding fields behind so many trusted proxies. */
    public Forwarding(int trustedHops) {
        this.trustedHops = trustedHops;
    }

    /**
     * How a request came.
     *
     * @param fields its fields, as they came
     * @param host the host and port that it asks for
     * @param peer the address that its connection comes from
     * @param secure whether that connection uses TLS
     */
    record Arrival(Fields fields, @Nullable String host, String peer, boolean secure) {
        static Arrival of(PublicCall call) {
            return new Arrival(call.head().fields(), call.host(), call.peerHost(), call.isSecure());
        }
    }

    /** Removes what a client may not say, and adds what the server says. */
    Fields apply(Arrival arrival, Fields fields, String prefix, String requestId) {
        List<String> route = route(arrival.fields(), arrival.peer());
        String proto = proto(arrival);
        Fields.Builder result = fields.filter((name, value) -> !isReserved(name)).toBuilder();
        String host = arrival.host();
        if (host != null && !host.equals(fields.first("Host"))) {
            result.set("Host", host); // an absolute target's counts (RFC 9112, section 3.2.2)
        }
        result.add("X-Forwarded-For", String.join(", ", route)).add("X-Forwarded-Proto", proto);
        if (host != null) {
            result.add("X-Forwarded-Host", host);
        }
        if (!prefix.isEmpty()) {
            result.add("X-Forwarded-Prefix", prefix);
        }
        return result.add("Forwarded", forwarded(route, proto, host))
                .add(AccessFields.CLIENT, route.getFirst()) // for the link, which takes it out
                .add("X-Request-Id", requestId)
                .build();
    }

    /** Also with underscores: CGI and WSGI hand both spellings to an application as one. */
    static boolean isReserved(String name) {
        String hyphens = name.indexOf('_') < 0 ? name : name.replace('_', '-');
        return RESERVED.contains(hyphens)
                || hyphens.regionMatches(true, 0, INTERNAL, 0, INTERNAL.length());
    }

    /** The client and the trusted proxies behind it, up to our peer. */
    private List<String> route(Fields fields, String peerHost) {
        List<String> all = new ArrayList<>();
        if (trustedHops > 0) {
            all.addAll(fields.tokens("X-Forwarded-For"));
        }
        all.add(peerHost);
        return all.subList(Math.max(0, all.size() - 1 - trustedHops), all.size());
    }

    /** The client's address by the server's own view. */
    public String client(Fields fields, String peerHost) {
        return route(fields, peerHost).getFirst();
    }

    /** The scheme that the client used, by the server's own view. */
    String proto(Arrival arrival) {
        String said = trustedHops > 0 ? forwardedProto(arrival.fields()) : null;
        return said != null ? said : arrival.secure() ? "https" : "http";
    }

    /**
     * What {@code X-Forwarded-Proto} says, null where it says nothing that can be. Of a WebSocket
     * some proxies say {@code ws} and {@code wss}.
     */
    public static @Nullable String forwardedProto(Fields fields) {
        List<String> protos = fields.tokens("X-Forwarded-Proto");
        if (protos.isEmpty()) {
            return null;
        }
        String last = protos.getLast().toLowerCase(Locale.ROOT);
        return switch (last) {
            case "https", "wss" -> "https";
            case "http", "ws" -> "http";
            default -> null;
        };
    }

    /** RFC 7239, section 4. */
    private static String forwarded(List<String> route, String proto, @Nullable String host) {
        StringBuilder value = new StringBuilder();
        for (String node : route) {
            value.append(value.isEmpty() ? "for=" : ", for=").append(node(node));
        }
        if (host != null) {
            value.append(";host=").append(quoted(host));
        }
        return value.append(";proto=").append(proto).toString();
    }

    private static String node(String address) {
        return address.contains(":") ? quoted("[" + address + "]") : quoted(address);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        boolean token = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            token &= Character.isLetterOrDigit(c) || c == '.';
            if (c != '"' && c != '\\') {
                quoted.append(c);
            }
        }
        return token ? text : quoted.append('"').toString();
    }
}
