package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.server.front.PublicRoutes.Route;
import io.cloudtunnel.server.prefix.ResponseRewriter;
import io.cloudtunnel.server.prefix.RootFallback;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a tunnel's responses are made to fit the place where the public sees it. Immutable.
 *
 * @param rewriter null where responses are passed on as they are
 */
record Presentation(
        RootFallback fallback, @Nullable ResponseRewriter rewriter, Forwarding forwarding) {

    /** What is done to the fields of a final response; nothing for a tunnel with its own host. */
    UnaryOperator<Fields> of(Route.Tunnel route, PublicCall call, Forwarding.Arrival arrival) {
        if (route.prefix().isEmpty()) {
            return UnaryOperator.identity();
        }
        String proto = forwarding.proto(arrival);
        String host = arrival.host();
        String cookie = fallback.setCookie(call.head(), route.id(), proto.equals("https"));
        return fields -> {
            Fields rewritten =
                    rewriter == null || host == null
                            ? fields
                            : rewriter.rewrite(fields, route.prefix(), proto, host);
            return cookie == null
                    ? rewritten
                    : rewritten.toBuilder().add("Set-Cookie", cookie).build();
        };
    }
}
