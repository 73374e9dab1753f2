package io.cloudtunnel.server.prefix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.cloudtunnel.protocol.http.Authority;
import java.net.CookieManager;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the attributes of a cookie. */
class CookiePathsTest {

    private static final LocalHosts HOSTS =
            new LocalHosts(Set.of(new Authority("app.internal", 3000)));

    private static String rewrite(String cookie) {
        return CookiePaths.rewrite(cookie, "/pub/A", HOSTS);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "a=1; Path=/, a=1; Path=/pub/A",
                "a=1; Path=/x, a=1; Path=/pub/A/x",
                "a=1; Path=/x/, a=1; Path=/pub/A/x/",
                "a=1;path=/;HttpOnly, a=1;path=/pub/A;HttpOnly",
                "a=1;  PATH =  /x ; Secure, a=1;  PATH =  /pub/A/x ; Secure",
                "a=1; Path=/ ; Secure, a=1; Path=/pub/A ; Secure",
                "a=1; Path=/x; Path=/y, a=1; Path=/pub/A/x; Path=/pub/A/y",
                "a=1; Path=/pub/B/x, a=1; Path=/pub/A/pub/B/x",
                "a=1; Path=/pub/Ax, a=1; Path=/pub/A/pub/Ax",
                "a=1; Path=//x, a=1; Path=/pub/A//x",
                "a=1; Path=/a=b, a=1; Path=/pub/A/a=b",
                "__Secure-a=1; Secure; Path=/, __Secure-a=1; Secure; Path=/pub/A",
                "a=\"x; Path=/y\", a=\"x; Path=/pub/A/y\"",
                "; Path=/, ; Path=/pub/A",
                "a=1; Domain=localhost, a=1",
                "a=1;domain=.LocalHost;Path=/;Secure, a=1;Path=/pub/A;Secure",
                "a=1; Path=/; Domain=127.0.0.1 ; Secure, a=1; Path=/pub/A; Secure",
                "a=1; Domain=app.internal; Path=/x, a=1; Path=/pub/A/x",
                "a=1; Domain=example.com; Path=/, a=1; Domain=example.com; Path=/pub/A",
                "`a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/`,"
                        + "`a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/pub/A`"
            })
    void pathsAreLedBelowAndLocalDomainsDropped(String cookie, String expected) {
        assertEquals(expected, rewrite(cookie));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "a=1",
                "Path=/",
                "Domain=localhost",
                "a=1; Secure; HttpOnly",
                "a=1; Path",
                "a=1; Path=",
                "a=1; Path; x=/",
                "a=1; Path=x",
                "a=1; Path=\"/x\"",
                "a=1; Path=/pub/A",
                "a=1; Path=/pub/A/x",
                "a=1; XPath=/x",
                "a=1; Domain=t.example.com; SameSite=None; Partitioned",
                "a=1; Domain=localhost.example.com",
                "a=1; Domain=",
                "a=1;;",
                "__Host-a=1; Secure; Path=/",
                "__host-a=1; Secure; Path=/",
                " __Host-a=1; Secure; Path=/; Domain=localhost",
                "a=\u00e4\u00ff; Max-Age=1"
            })
    void otherCookiesAreLeftAlone(String cookie) {
        assertSame(cookie, rewrite(cookie));
    }

    /** Whatever path it asks for, as a browser keeps it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a=1",
                "a=1; Path=/",
                "a=1; Path=/pub",
                "a=1; Path=/pub/",
                "a=1; Path=/pub/B",
                "a=1; Path=/pub/B/x",
                "a=1; Path=/pub/A/../B",
                "a=1; Path=/pub/A; Path=/pub/B",
                "a=1; Domain=localhost; Path=/pub/B"
            })
    void noTunnelGetsTheCookiesOfAnother(String cookie) throws Exception {
        CookieManager browser = new CookieManager();
        URI from = URI.create("http://tunnels.example.com/pub/A/x");
        browser.put(from, Map.of("Set-Cookie", List.of(rewrite(cookie))));
        assertEquals(1, browser.getCookieStore().getCookies().size());
        for (String other : List.of("/", "/pub/", "/pub/B", "/pub/B/", "/pub/B/x/y")) {
            URI to = URI.create("http://tunnels.example.com" + other);
            assertEquals(List.of(), browser.get(to, Map.of()).get("Cookie"), other);
        }
    }
}
