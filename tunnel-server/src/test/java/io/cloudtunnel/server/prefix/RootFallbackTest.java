package io.cloudtunnel.server.prefix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.server.prefix.RootFallback.Mode;
import io.cloudtunnel.server.prefix.RootFallback.Outcome;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where requests for the root of the host go. */
class RootFallbackTest {

    private static final String HOST = "t.example.com";
    private static final String A = "a".repeat(32);
    private static final String B = "b".repeat(32);
    private static final String UNKNOWN = "c".repeat(32);
    private static final String PAGE = "https://" + HOST + "/pub/" + A + "/page?x#y";
    private static final String[] UPGRADE = {"Connection", "Upgrade", "Upgrade", "websocket"};

    private static RootFallback fallback(Mode mode) {
        return new RootFallback(mode, Set.of(A, B)::contains);
    }

    private static Outcome decide(Mode mode, String target, String... fields) {
        return fallback(mode).decide(RequestHead.of("GET", target, Fields.of(fields)), HOST);
    }

    private static Outcome byReferer(String referer) {
        return decide(Mode.REFERER, "/x", "Referer", referer.replace("ID", A));
    }

    private static void assertNone(Outcome outcome) {
        assertInstanceOf(Outcome.None.class, outcome);
    }

    private static Outcome to(String id, String target) {
        return new Outcome.Redirect("/pub/" + id + target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/?",
                "/x",
                "/x?a=/b&c=%2F",
                "/x/../y",
                "//x",
                "/%70ub/x",
                "/pub",
                "/public/x",
                "/register",
                "/tunnels/x",
                "/health",
                "/health/live",
                "/ws",
                "/ws?id=1",
                "/ws?secret=1"
            })
    void aRefererLeadsBackToItsTunnel(String target) {
        assertEquals(to(A, target), decide(Mode.REFERER, target, "Referer", PAGE));
        assertEquals(to(A, target), decide(Mode.COOKIE, target, "Referer", PAGE));
        assertNone(decide(Mode.OFF, target, "Referer", PAGE));
        assertNone(decide(Mode.REFERER, target));
        assertNone(decide(Mode.COOKIE, target));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "X"})
    void anyMethodIsLed(String method) {
        RequestHead head = RequestHead.of(method, "/x", Fields.of("Referer", PAGE));
        assertEquals(to(A, "/x"), fallback(Mode.REFERER).decide(head, HOST));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://t.example.com/pub/ID",
                "https://t.example.com/pub/ID?q",
                "http://t.example.com/pub/ID/a/b",
                "https://T.example.COM:443/pub/ID/"
            })
    void refererMayTakeTheseForms(String referer) {
        assertEquals(to(A, "/x"), byReferer(referer));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "about:blank",
                "/pub/ID/",
                "https://t.example.com",
                "https://t.example.com/",
                "https://t.example.com/x",
                "https://t.example.com/x/pub/ID/",
                "https://t.example.com/?/pub/ID/",
                "https://t.example.com/PUB/ID/",
                "https://t.example.com/pub/",
                "https://t.example.com/pub/IDx/",
                "https://t.example.com/pub/xID/",
                "https://t.example.com/pub/x/",
                "https://t.example.com/pub/../ID/",
                "https://other.example.com/pub/ID/",
                "https://t.example.com.evil.org/pub/ID/",
                "https://t.example.com:8443/pub/ID/",
                "https://user@t.example.com/pub/ID/",
                "https://evil.org\\t.example.com/pub/ID/",
                "//t.example.com/pub/ID/",
                "ftp://t.example.com/pub/ID/"
            })
    void otherReferersLeadNowhere(String referer) {
        assertNone(byReferer(referer));
    }

    @Test
    void idsAreCheckedByFormFirst() {
        RootFallback fallback = new RootFallback(Mode.COOKIE, id -> fail("asked for " + id));
        for (String id : new String[] {"x", A.toUpperCase(java.util.Locale.ROOT), "1" + A}) {
            Fields byReferer = Fields.of("Referer", "https://" + HOST + "/pub/" + id + "/");
            Fields byCookie = Fields.of("Cookie", RootCookie.NAME + "=" + id);
            assertNone(fallback.decide(RequestHead.of("GET", "/x", byReferer), HOST));
            assertNone(fallback.decide(RequestHead.of("GET", "/x", byCookie), HOST));
        }
        assertNone(byReferer("https://" + HOST + "/pub/" + UNKNOWN + "/"));
        assertNone(decide(Mode.COOKIE, "/x", "Cookie", cookie(UNKNOWN)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/pub/OTHER/x",
                "/pub/OTHER",
                "/pub/SAME/x",
                "/pub/nosuch/",
                "/pub/",
                "/..",
                "/x/../../y",
                "/%2e%2e/x",
                "/..%2fpub/OTHER/",
                "*",
                "t.example.com:443"
            })
    void neverFromOneTunnelIntoAnother(String target) {
        String path = target.replace("OTHER", B).replace("SAME", A);
        assertNone(decide(Mode.COOKIE, path, "Referer", PAGE, "Cookie", cookie(A)));
        assertNone(decide(Mode.COOKIE, path, "Cookie", cookie(A)));
    }

    @ParameterizedTest
    @CsvSource({
        "same-origin, true",
        "none, true",
        "same-site, false",
        "cross-site, false",
        "other, false"
    })
    void otherSitesAreNotLed(String site, boolean led) {
        String[] referer = {"Referer", PAGE, "Sec-Fetch-Site", site};
        String[] cookie = {"Cookie", cookie(A), "Sec-Fetch-Site", site};
        assertEquals(led, decide(Mode.REFERER, "/x", referer) instanceof Outcome.Redirect);
        assertEquals(led, decide(Mode.COOKIE, "/x", cookie) instanceof Outcome.Redirect);
    }

    @ParameterizedTest
    @CsvSource({
        "https://t.example.com, true",
        "http://t.example.com, true",
        "null, false",
        "https://evil.org, false",
        "https://t.example.com:8443, false",
        "https://x.t.example.com, false"
    })
    void otherOriginsAreNotLed(String origin, boolean led) {
        RequestHead handshake =
                RequestHead.of(
                        "GET",
                        "/live?x",
                        Fields.of(UPGRADE).toBuilder()
                                .add("Cookie", cookie(A))
                                .add("Origin", origin)
                                .build());
        Outcome outcome = fallback(Mode.COOKIE).decide(handshake, HOST);
        assertEquals(led, outcome.equals(new Outcome.Forward(A, "/live")));
        assertEquals(led, !(outcome instanceof Outcome.None));
        String[] referer = {"Referer", PAGE, "Origin", origin};
        assertEquals(led, decide(Mode.REFERER, "/x", referer) instanceof Outcome.Redirect);
    }

    @Test
    void aCookieLeadsWhatHasNoReferer() {
        Outcome root = to(A, "/x?y");
        assertEquals(root, decide(Mode.COOKIE, "/x?y", "Cookie", "a=1; " + cookie(A) + "; b=2"));
        assertEquals(root, decide(Mode.COOKIE, "/x?y", "Cookie", "a=1", "cookie", cookie(A)));
        assertNone(decide(Mode.REFERER, "/x?y", "Cookie", cookie(A)));
        assertNone(decide(Mode.OFF, "/x?y", "Cookie", cookie(A)));
    }

    @Test
    void aPageWithAPushedAddressIsLedByCookie() {
        String pushed = "https://t.example.com/dashboard";
        assertEquals(
                to(A, "/x"), decide(Mode.COOKIE, "/x", "Referer", pushed, "Cookie", cookie(A)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.org/",
                "https://t.example.com/pub/nosuch/",
                "https://t.example.com/pub/cccccccccccccccccccccccccccccccc/"
            })
    void aRefererThatNamesSomethingElseIsNotOverruledByTheCookie(String referer) {
        assertNone(decide(Mode.COOKIE, "/x", "Referer", referer, "Cookie", cookie(A)));
    }

    @Test
    void refererWinsOverCookie() {
        assertEquals(to(A, "/x"), decide(Mode.COOKIE, "/x", "Referer", PAGE, "Cookie", cookie(B)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws", "/ws?id=1", "/health", "/x/y"})
    void handshakesAreForwardedByCookieSinceBrowsersFollowNoRedirect(String target) {
        Fields fields = Fields.of(UPGRADE).toBuilder().add("Cookie", cookie(A)).build();
        RequestHead head = RequestHead.of("GET", target, fields);
        assertEquals(new Outcome.Forward(A, head.path()), fallback(Mode.COOKIE).decide(head, HOST));
        assertNone(fallback(Mode.REFERER).decide(head, HOST));
    }

    @Test
    void whatIsNoUpgradeForUsIsRedirected() {
        String[] cleartext = {"Connection", "Upgrade", "Upgrade", "h2c", "Cookie", cookie(A)};
        assertEquals(to(A, "/x"), decide(Mode.COOKIE, "/x", cleartext));
        String[] unnamed = {"Upgrade", "websocket", "Cookie", cookie(A)};
        assertEquals(to(A, "/x"), decide(Mode.COOKIE, "/x", unnamed));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws?id=1&secret=2", "/ws?secret=&a&id=", "/ws?x=1&id=1&secret=2"})
    void anAgentIsAnAgentWhateverElseItSends(String target) {
        assertNone(decide(Mode.COOKIE, target, "Referer", PAGE, "Cookie", cookie(A)));
        String elsewhere = "/wss" + target.substring("/ws".length());
        assertEquals(to(A, elsewhere), decide(Mode.COOKIE, elsewhere, "Referer", PAGE));
    }

    @Test
    void anAgentMayHaveItsCredentialsInFields() {
        String[] agent = {"X-Tunnel-Id", A, "Authorization", "bearer x", "Referer", PAGE};
        assertNone(decide(Mode.REFERER, "/ws", agent));
        String[] user = {"Authorization", "Bearer x", "Referer", PAGE};
        assertEquals(to(A, "/ws"), decide(Mode.REFERER, "/ws", user));
    }

    @Test
    void aMalformedHostLeadsNowhere() {
        RequestHead head = RequestHead.of("GET", "/x", Fields.of("Referer", PAGE));
        assertNone(fallback(Mode.REFERER).decide(head, "t.example.com/"));
    }

    @Test
    void aPortBelongsToTheHost() {
        String referer = "http://localhost:8080/pub/" + A + "/";
        RequestHead head = RequestHead.of("GET", "/x", Fields.of("Referer", referer));
        assertEquals(to(A, "/x"), fallback(Mode.REFERER).decide(head, "localhost:8080"));
        assertNone(fallback(Mode.REFERER).decide(head, "localhost"));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void theTextOfA404NamesTheWaysOut(Mode mode) {
        String text = fallback(mode).notFoundText();
        assertTrue(text.contains("HOST_DOMAIN") && text.contains("cookie"), text);
    }

    @ParameterizedTest
    @CsvSource({"off, OFF", "Referer, REFERER", "COOKIE, COOKIE"})
    void modesAreWords(String text, Mode mode) {
        assertEquals(mode, Mode.parse(text));
    }

    @Test
    void otherWordsAreRefused() {
        String message =
                assertThrows(IllegalArgumentException.class, () -> Mode.parse("on")).getMessage();
        assertEquals("referer, cookie or off", message);
    }

    private static String cookie(String id) {
        return RootCookie.NAME + "=" + id;
    }
}
