package io.cloudtunnel.observe;

import io.cloudtunnel.program.Admin;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets in who may ask the admin listener: whoever has the token; or, where there is none, whoever
 * is on this machine and calls it by a name of this machine, which a page in a browser cannot.
 */
final class AdminGuard implements Filter {

    private static final String BEARER = "bearer ";

    private final byte @Nullable [] token;
    private final Set<String> hosts;

    AdminGuard(Admin where) {
        String word = where.token();
        this.token = word == null ? null : bytes(word);
        String own = where.host().toLowerCase(Locale.ROOT);
        this.hosts =
                Set.copyOf(
                        List.of(
                                "localhost",
                                "127.0.0.1",
                                "[::1]",
                                own.contains(":") ? "[" + own + "]" : own));
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        response.header("Cache-Control", "no-store").header("X-Content-Type-Options", "nosniff");
        byte[] wanted = token;
        if (wanted == null) {
            String host = request.headers().first(HeaderNames.HOST).orElse("");
            if (!hosts.contains(withoutPort(host).toLowerCase(Locale.ROOT))) {
                response.status(Status.MISDIRECTED_REQUEST_421)
                        .send("this listener answers to names of its own machine only\n");
                return;
            }
        } else if (!proves(request.headers().first(HeaderNames.AUTHORIZATION).orElse(""), wanted)) {
            response.status(Status.UNAUTHORIZED_401)
                    .header("WWW-Authenticate", "Bearer")
                    .send("the admin token is needed\n");
            return;
        }
        chain.proceed();
    }

    /** In a time that does not tell how much of it was right. */
    private static boolean proves(String authorization, byte[] wanted) {
        return authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)
                && MessageDigest.isEqual(
                        bytes(authorization.substring(BEARER.length()).strip()), wanted);
    }

    private static String withoutPort(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
