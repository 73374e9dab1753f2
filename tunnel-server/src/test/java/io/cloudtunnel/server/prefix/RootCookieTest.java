package io.cloudtunnel.server.prefix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.server.prefix.RootFallback.Mode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cookie: when it is set, and that the local service does not see it. */
class RootCookieTest {

    private static final String ID = "a".repeat(32);
    private static final String SET = "cloudtunnel-root=" + ID + "; Path=/; SameSite=Lax; HttpOnly";

    private static @Nullable String set(Mode mode, String method, boolean secure, Fields fields) {
        return new RootFallback(mode, id -> true)
                .setCookie(RequestHead.of(method, "/pub/" + ID + "/", fields), ID, secure);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "GET, navigate, */*, true",
                "POST, navigate, -, true",
                "GET, cors, text/html, false",
                "GET, websocket, text/html, false",
                "GET, no-cors, -, false",
                "GET, -, 'application/xml, TEXT/html;q=0.9', true",
                "HEAD, -, text/html, true",
                "POST, -, text/html, false",
                "GET, -, */*, false",
                "GET, -, -, false"
            })
    void onlyNavigationsSetIt(
            String method, @Nullable String mode, @Nullable String accept, boolean expected) {
        Fields.Builder fields = Fields.builder();
        if (mode != null) {
            fields.add("Sec-Fetch-Mode", mode);
        }
        if (accept != null) {
            fields.add("Accept", accept);
        }
        assertEquals(expected ? SET : null, set(Mode.COOKIE, method, false, fields.build()));
        assertEquals(
                expected ? SET + "; Secure" : null, set(Mode.COOKIE, method, true, fields.build()));
        assertNull(set(Mode.REFERER, method, false, fields.build()));
        assertNull(set(Mode.OFF, method, false, fields.build()));
    }

    @Test
    void itIsNotSetAgain() {
        String other = "cloudtunnel-root=" + "b".repeat(32);
        Fields same = Fields.of("Accept", "text/html", "Cookie", "a=1; cloudtunnel-root=" + ID);
        assertNull(set(Mode.COOKIE, "GET", false, same));
        Fields changed = Fields.of("Accept", "text/html", "Cookie", other);
        assertEquals(SET, set(Mode.COOKIE, "GET", false, changed));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                "cloudtunnel-root=x, -",
                "cloudtunnel-root=, -",
                "cloudtunnel-root=x;, -",
                "a=1; cloudtunnel-root=x, a=1",
                "cloudtunnel-root=x; a=1, a=1",
                "a=1; cloudtunnel-root=x; b=2, a=1; b=2",
                "a=1;cloudtunnel-root = x;b=2, a=1;b=2",
                "cloudtunnel-root=x; a=1; cloudtunnel-root=y, a=1",
                "a=\"1\"; b= 2 ;; cloudtunnel-root=x; c, a=\"1\"; b= 2 ;; c"
            })
    void theLocalServiceDoesNotSeeIt(String cookies, @Nullable String rest) {
        Fields fields = Fields.of("A", "1", "cookie", cookies, "Cookie", "z=9");
        Fields expected =
                rest == null
                        ? Fields.of("A", "1", "Cookie", "z=9")
                        : Fields.of("A", "1", "cookie", rest, "Cookie", "z=9");
        assertEquals(expected, RootCookie.withoutCookie(fields));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a=1; b=2",
                "xcloudtunnel-root=1",
                "cloudtunnel-rootx=1",
                "Cloudtunnel-Root=1",
                "a=cloudtunnel-root=1",
                " a=cloudtunnel-root",
                "cloudtunnel-root"
            })
    void otherCookiesAreLeftAlone(String cookies) {
        Fields fields = Fields.of("Cookie", cookies, "X", "cloudtunnel-root=1");
        assertSame(fields, RootCookie.withoutCookie(fields));
        assertNull(RootCookie.value(fields));
    }
}
