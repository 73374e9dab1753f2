package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.http.HopByHop;
import io.cloudtunnel.server.access.Gate;
import io.cloudtunnel.server.front.PublicRoutes.Route;
import io.cloudtunnel.server.observe.RequestLog;
import io.cloudtunnel.server.prefix.RootCookie;
import org.jspecify.annotations.Nullable;

/**
 * What of a public request's head goes into the tunnel, as {@link AnswerRules} has it for answers.
 * Immutable.
 */
record RequestRules(Forwarding forwarding) {

    /** Other protocols that are asked for; h2c concerns this hop only, and so does a body. */
    static @Nullable String upgrade(PublicCall call) {
        String upgrade = HopByHop.upgrade(call.head().fields());
        return upgrade == null || upgrade.equalsIgnoreCase("h2c") || call.bodyLength() != 0
                ? null
                : upgrade;
    }

    /** Whether the client may wait for a 100 before it sends its body (RFC 9110, 10.1.1). */
    static boolean expects(PublicCall call) {
        return call.bodyLength() != 0 && call.head().fields().hasToken("Expect", "100-continue");
    }

    /**
     * The request as the tunnel gets it.
     *
     * @param whole whether it goes on as one message: without 1xx and trailers
     */
    RequestHead head(
            PublicCall call,
            Route.Tunnel path,
            Gate.Pass pass,
            @Nullable String upgrade,
            boolean whole,
            RequestLog log) {
        RequestHead head = call.head();
        Fields endToEnd = RootCookie.withoutCookie(HopByHop.strip(head.fields()));
        if (whole && expects(call)) {
            endToEnd = endToEnd.without("Expect");
        }
        Fields forwarded =
                forwarding.apply(
                        Forwarding.Arrival.of(call), endToEnd, path.prefix(), log.requestId());
        if (!whole && HopByHop.takesTrailers(head.fields())) { // true of all hops behind us, too
            forwarded = forwarded.toBuilder().add("TE", "trailers").build();
        }
        if (upgrade != null) {
            forwarded = forwarded.toBuilder().add("Upgrade", upgrade).build();
        }
        return head.withPath(path.path()).with(log.traced(pass.noted(forwarded)));
    }
}
