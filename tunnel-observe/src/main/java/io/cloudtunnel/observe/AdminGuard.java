package io.cloudtunnel.observe;

import io.cloudtunnel.program.Admin;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets in who may ask the admin listener: whoever has the token; or, where there is none, whoever
 * is on this machine and calls it by a name of this machine. A page of somebody else, which a
 * browser on this machine shows, does so by a name of its own that leads here; or by a name of this
 * machine, and then the browser says that it comes from elsewhere.
 */
final class AdminGuard implements Filter {

    private final byte @Nullable [] token;
    private final Set<String> hosts;

    AdminGuard(Admin where) {
        String word = where.token();
        this.token = word == null ? null : word.getBytes(StandardCharsets.UTF_8);
        Set<String> names = new HashSet<>(Asker.LOOPBACK_NAMES);
        String own = where.host().toLowerCase(Locale.ROOT);
        names.add(own.contains(":") ? "[" + own + "]" : own);
        this.hosts = Set.copyOf(names);
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        Asker asker = new Asker(request);
        Asker.keepToItself(response);
        byte[] wanted = token;
        if (wanted == null) {
            if (!asker.calls(hosts)) {
                Asker.refuseName(response);
                return;
            }
        } else if (!request.path().rawPath().equals(AdminListener.STATUS)
                && !asker.proves(wanted)) {
            Asker.askForToken(response, "the admin token is needed\n");
            return;
        }
        if (asker.isOfAnotherSite()) {
            Asker.refuseSite(response);
            return;
        }
        chain.proceed();
    }
}
