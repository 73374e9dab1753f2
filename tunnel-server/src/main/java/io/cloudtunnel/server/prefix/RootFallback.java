package io.cloudtunnel.server.prefix;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.http.Authority;
import io.cloudtunnel.protocol.http.HopByHop;
import io.cloudtunnel.protocol.http.Targets;
import io.cloudtunnel.server.auth.RegistrationPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Leads what an unchanged page asks for from the root of the host back under the prefix of its
 * tunnel. Safe for use by several threads if the predicate is.
 *
 * <p>The tunnel is the one under which the page's address lies, by {@code Referer} (RFC 9110,
 * section 10.1.3); if {@code Referer} names no tunnel, it is the one that the browser visited last,
 * where the cookie is switched on. Whose {@code Referer}, {@code Origin} or {@code Sec-Fetch-Site}
 * tells of another site is not led anywhere, and a path below {@code /pub/} never is: no request
 * gets from one tunnel into another.
 *
 * <p>It has to be asked before the server's own {@code /register}, {@code /tunnels}, {@code
 * /health} and {@code /ws} are, since an application may have such paths, too.
 */
public final class RootFallback {

    private static final String AGENTS_PATH = "/ws";
    private static final Outcome.None NONE = new Outcome.None();

    /** The values of {@code root-fallback}. */
    public enum Mode {
        /** Nothing is led anywhere. */
        OFF,
        /** By {@code Referer} only; nothing is added to any response. */
        REFERER,
        /** By {@code Referer}, else by a cookie that navigations set. */
        COOKIE;

        /**
         * Reads a value, in any case.
         *
         * @throws IllegalArgumentException if it is another one
         */
        public static Mode parse(String text) {
            for (Mode mode : values()) {
                if (mode.name().equalsIgnoreCase(text)) {
                    return mode;
                }
            }
            throw new IllegalArgumentException("referer, cookie or off");
        }
    }

    /** What becomes of a request. */
    public sealed interface Outcome {
        /** Nothing: it is for the server itself. */
        record None() implements Outcome {}

        /**
         * A 307, which keeps method and body (RFC 9110, section 15.4.8).
         *
         * @param location path and query under the prefix
         */
        record Redirect(String location) implements Outcome {}

        /**
         * It is treated as one under the prefix: browsers follow no redirect in a WebSocket
         * handshake.
         *
         * @param id the tunnel's id
         * @param path the raw path for the local service; the query is the request's own
         */
        record Forward(String id, String path) implements Outcome {}
    }

    private final Mode mode;
    private final Predicate<String> known;

    /**
     * A fallback.
     *
     * @param mode the mode in force
     * @param known whether an id, which has an id's form, is that of a tunnel of this server
     */
    public RootFallback(Mode mode, Predicate<String> known) {
        this.mode = mode;
        this.known = known;
    }

    /**
     * Decides about a request.
     *
     * @param head with the raw path and query
     * @param authority the {@code Host} that the client sent; where it is malformed, nothing is led
     */
    public Outcome decide(RequestHead head, String authority) {
        if (mode == Mode.OFF || !isRoot(head.path()) || isAgents(head)) {
            return NONE;
        }
        Fields fields = head.fields();
        String referer = fields.first("Referer");
        if (referer == null && mode != Mode.COOKIE) {
            return NONE; // the most frequent case
        }
        Authority own = Authority.parse(authority);
        if (own == null || !isFromHere(fields, own)) {
            return NONE;
        }
        if (referer != null) {
            HttpUrl page = HttpUrl.parse(referer);
            if (page == null || !page.isAt(own)) {
                return NONE;
            }
            if (page.rest().startsWith(PublicPrefix.ALL)) { // its tunnel, and no other
                return redirect(PublicPrefix.idIn(page.rest()), head);
            }
        }
        return mode == Mode.COOKIE ? byCookie(head) : NONE;
    }

    /**
     * The value of a {@code Set-Cookie} field for the response to a request under a prefix; null
     * where there is nothing to set: in other modes, on what is no navigation, and where the
     * browser has the same cookie already.
     *
     * @param head the request as the client sent it
     * @param id the tunnel under whose prefix it lies
     * @param secure whether the client's own connection is HTTPS
     */
    public @Nullable String setCookie(RequestHead head, String id, boolean secure) {
        if (mode != Mode.COOKIE
                || !Navigations.isNavigation(head)
                || id.equals(RootCookie.value(head.fields()))) {
            return null;
        }
        return RootCookie.setTo(id, secure);
    }

    /** The text of a 404 at a path of the root that leads nowhere, for whoever wrote the page. */
    public String notFoundText() {
        String byReferer = "it sent no Referer with the address of that page";
        String ways =
                switch (mode) {
                    case OFF ->
                            "requests for the root are not led back to their tunnel, since"
                                    + " root-fallback is off; ROOT_FALLBACK=referer or cookie does,"
                                    + " and";
                    case REFERER -> byReferer + "; ROOT_FALLBACK=cookie needs none, and";
                    case COOKIE ->
                            byReferer + ", and no cookie of an earlier visit to it that counts;";
                };
        return "there is nothing at this path. If a page of a tunnel asked for it: "
                + ways
                + " with host mode (HOST_DOMAIN) a tunnel has a host of its own, so that paths from"
                + " the root just work.";
    }

    private static boolean isRoot(String path) {
        return path.startsWith("/") && !path.startsWith(PublicPrefix.ALL) && !Targets.climbs(path);
    }

    /** Whether a request comes with the credentials of an agent, to where agents connect. */
    private static boolean isAgents(RequestHead head) {
        if (!head.path().equals(AGENTS_PATH)) {
            return false;
        }
        Fields fields = head.fields();
        boolean inFields =
                fields.contains("X-Tunnel-Id")
                        && RegistrationPolicy.bearerToken(fields.first("Authorization")) != null;
        String query = head.query();
        List<String> pairs = query == null ? List.of() : Arrays.asList(query.split("&", -1));
        return inFields || (hasName(pairs, "id=") && hasName(pairs, "secret="));
    }

    private static boolean hasName(List<String> pairs, String start) {
        return pairs.stream().anyMatch(pair -> pair.startsWith(start));
    }

    /** Whether nothing says that a page of another origin caused the request. */
    private static boolean isFromHere(Fields fields, Authority own) {
        String site = fields.first("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return false;
        }
        String origin = fields.first("Origin");
        if (origin == null) {
            return true;
        }
        HttpUrl url = HttpUrl.parse(origin); // null for "null"
        return url != null && url.isAt(own);
    }

    private Outcome byCookie(RequestHead head) {
        String named = RootCookie.value(head.fields());
        String upgrade = HopByHop.upgrade(head.fields());
        if (upgrade == null || upgrade.equalsIgnoreCase("h2c")) { // h2c concerns this hop only
            return redirect(named, head);
        }
        String id = tunnel(named);
        return id == null ? NONE : new Outcome.Forward(id, head.path());
    }

    private Outcome redirect(@Nullable String named, RequestHead head) {
        String id = tunnel(named);
        return id == null ? NONE : new Outcome.Redirect(PublicPrefix.of(id) + head.target());
    }

    /** The id if there is such a tunnel. */
    private @Nullable String tunnel(@Nullable String id) {
        return id != null && PublicPrefix.isTunnel(id) && known.test(id) ? id : null;
    }
}
