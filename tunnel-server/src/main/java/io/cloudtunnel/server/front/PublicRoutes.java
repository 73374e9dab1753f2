package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.server.prefix.HostMode;
import io.cloudtunnel.server.prefix.RootFallback;
import io.cloudtunnel.server.prefix.RootFallback.Outcome;
import io.cloudtunnel.server.prefix.TrailingSlash;
import org.jspecify.annotations.Nullable;

/**
 * Which requests are for tunnels, and for which one: by host, by path, and else by where the page
 * that asks for them lies. Immutable.
 */
public final class PublicRoutes {

    /** Where a request for a tunnel goes. */
    public sealed interface Route {
        /**
         * To a tunnel.
         *
         * @param id the tunnel's id, in the form in which it came
         * @param path the raw path for the local service, at least {@code /}
         * @param prefix under which the local service appears to the public, without a slash at its
         *     end; empty where it has a host of its own
         */
        record Tunnel(String id, String path, String prefix) implements Route {}

        /** To another place on this host, by a 307. */
        record Redirect(String location) implements Route {}
    }

    private final @Nullable HostMode hosts;
    private final RootFallback fallback;

    /**
     * Routes of a server.
     *
     * @param hosts null where no tunnel has a host of its own
     */
    public PublicRoutes(@Nullable HostMode hosts, RootFallback fallback) {
        this.hosts = hosts;
        this.fallback = fallback;
    }

    /** What leads pages back under their prefix. */
    RootFallback fallback() {
        return fallback;
    }

    /**
     * The route of a request; null where it is for no tunnel.
     *
     * @param host the host and port that it asks for, null where it names none
     */
    @Nullable Route of(RequestHead head, @Nullable String host) {
        String own = hosts == null ? null : hosts.tunnelOf(host);
        if (own != null) {
            return new Route.Tunnel(own, head.path(), "");
        }
        if (head.path().startsWith(PublicPath.PREFIX)) {
            String location = TrailingSlash.location(head);
            if (location != null) {
                return new Route.Redirect(location);
            }
            PublicPath path = PublicPath.parse(head.path());
            return new Route.Tunnel(path.id(), path.rest(), path.prefix());
        }
        return host == null ? null : byPage(fallback.decide(head, host));
    }

    private static @Nullable Route byPage(Outcome outcome) {
        return switch (outcome) {
            case Outcome.None ignored -> null;
            case Outcome.Redirect redirect -> new Route.Redirect(redirect.location());
            case Outcome.Forward forward ->
                    new Route.Tunnel(
                            forward.id(), forward.path(), PublicPath.PREFIX + forward.id());
        };
    }
}
