package io.cloudtunnel.observe;

import io.cloudtunnel.program.Admin;
import io.helidon.http.HeaderName;
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
 * is on this machine and calls it by a name of this machine. A page of somebody else, which a
 * browser on this machine shows, does so by a name of its own that leads here; or by a name of this
 * machine, and then the browser says that it comes from elsewhere.
 */
final class AdminGuard implements Filter {

    private static final String BEARER = "bearer ";
    private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");
    private static final HeaderName FETCH_DEST = HeaderNames.create("Sec-Fetch-Dest");

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
        response.header("Cache-Control", "no-store")
                .header("X-Content-Type-Options", "nosniff")
                .header("Cross-Origin-Resource-Policy", "same-origin");
        byte[] wanted = token;
        if (wanted == null) {
            String host = field(request, HeaderNames.HOST);
            if (!hosts.contains(withoutPort(host).toLowerCase(Locale.ROOT))) {
                response.status(Status.MISDIRECTED_REQUEST_421)
                        .send("this listener answers to names of its own machine only\n");
                return;
            }
        } else if (!request.path().rawPath().equals(StatusPage.PATH)
                && !proves(field(request, HeaderNames.AUTHORIZATION), wanted)) {
            response.status(Status.UNAUTHORIZED_401)
                    .header("WWW-Authenticate", "Bearer")
                    .send("the admin token is needed\n");
            return;
        }
        if (isOfAnotherSite(request)) {
            response.status(Status.FORBIDDEN_403)
                    .send("this listener does not answer pages of others\n");
            return;
        }
        chain.proceed();
    }

    /**
     * Whether a page of another origin asks (Fetch Metadata). Another port of this machine is
     * another origin. Who follows a link to here is let in: the page that has it sees nothing.
     */
    private static boolean isOfAnotherSite(RoutingRequest request) {
        String site = field(request, FETCH_SITE);
        return !site.isEmpty()
                && !site.equals("none")
                && !site.equals("same-origin")
                && !field(request, FETCH_DEST).equals("document");
    }

    private static String field(RoutingRequest request, HeaderName name) {
        return request.headers().first(name).orElse("");
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
