package io.cloudtunnel.observe;

import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.nio.charset.StandardCharsets;

/**
 * Lets in who may inspect: who calls the listener by a name of this machine, comes from no page but
 * ours, and has the token. Only the page itself, which has no data, needs none.
 */
final class InspectGuard implements Filter {

    private final byte[] token;

    InspectGuard(String token) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        Asker asker = new Asker(request);
        Asker.keepToItself(response);
        if (!asker.calls(Asker.LOOPBACK_NAMES)) {
            Asker.refuseName(response);
        } else if (asker.isOfAnotherOrigin() || asker.isOfAnotherSite()) {
            Asker.refuseSite(response);
        } else if (!request.path().rawPath().equals(InspectListener.PAGE) && !asker.proves(token)) {
            Asker.askForToken(response, "the inspect page's token is needed\n");
        } else {
            chain.proceed();
        }
    }
}
