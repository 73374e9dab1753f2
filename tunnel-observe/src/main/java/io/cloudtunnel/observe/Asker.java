package io.cloudtunnel.observe;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Set;

/** Who asks a listener of ours, by what the request says; and what those hear who may not. */
final class Asker {

    /** What this machine calls itself, as {@code Host} has it without a port. */
    static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private static final String BEARER = "bearer ";
    private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");
    private static final HeaderName FETCH_DEST = HeaderNames.create("Sec-Fetch-Dest");

    private final RoutingRequest request;

    Asker(RoutingRequest request) {
        this.request = request;
    }

    /** Whether it calls the listener by one of these names, with any port. */
    boolean calls(Set<String> names) {
        return names.contains(withoutPort(field(HeaderNames.HOST)).toLowerCase(Locale.ROOT));
    }

    /**
     * Whether a page of another origin asks (Fetch Metadata). Another port of this machine is
     * another origin. Who follows a link to here is let in: the page that has it sees nothing.
     */
    boolean isOfAnotherSite() {
        String site = field(FETCH_SITE);
        return !site.isEmpty()
                && !site.equals("none")
                && !site.equals("same-origin")
                && !field(FETCH_DEST).equals("document");
    }

    /** Whether it says that it comes from another page than one of its listener's (RFC 6454). */
    boolean isOfAnotherOrigin() {
        String origin = field(HeaderNames.ORIGIN);
        return !origin.isEmpty()
                && !origin.equalsIgnoreCase("http://" + field(HeaderNames.HOST).strip());
    }

    /** Whether it has the token; in a time that does not tell how much of it was right. */
    boolean proves(byte[] wanted) {
        String given = field(HeaderNames.AUTHORIZATION);
        return given.toLowerCase(Locale.ROOT).startsWith(BEARER)
                && MessageDigest.isEqual(
                        given.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8),
                        wanted);
    }

    private String field(HeaderName name) {
        return request.headers().first(name).orElse("");
    }

    private static String withoutPort(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    }

    /** The answer is for who asked, and for this moment. */
    static void keepToItself(RoutingResponse response) {
        response.header("Cache-Control", "no-store")
                .header("X-Content-Type-Options", "nosniff")
                .header("Cross-Origin-Resource-Policy", "same-origin");
    }

    static void refuseName(RoutingResponse response) {
        response.status(Status.MISDIRECTED_REQUEST_421)
                .send("this listener answers to names of its own machine only\n");
    }

    static void refuseSite(RoutingResponse response) {
        response.status(Status.FORBIDDEN_403)
                .send("this listener does not answer pages of others\n");
    }

    static void askForToken(RoutingResponse response, String text) {
        response.status(Status.UNAUTHORIZED_401).header("WWW-Authenticate", "Bearer").send(text);
    }
}
