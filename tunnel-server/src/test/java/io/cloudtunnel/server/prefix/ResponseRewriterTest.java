package io.cloudtunnel.server.prefix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.http.Authority;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which values of a response are led below the prefix; {@code P} stands for it in the tables. */
class ResponseRewriterTest {

    private static final String ID = "abcdefghijklmnopqrstuvwxyz234567";
    private static final String OTHER_ID = "zyxwvutsrqponmlkjihgfedcba765432";
    private static final String PREFIX = "/pub/" + ID;

    private static final ResponseRewriter REWRITER =
            new ResponseRewriter(
                    Set.of(new Authority("app.internal", 3000), new Authority("any.internal", -1)));

    private static Fields rewrite(Fields fields) {
        return REWRITER.rewrite(fields, PREFIX, "https", "t.example.com");
    }

    private static String rewrite(String name, String value) {
        Fields rewritten = rewrite(Fields.of(name, full(value)));
        return String.valueOf(rewritten.first(name));
    }

    /** The tables' form of a value in full. */
    private static String full(String value) {
        return value.replace("OTHER", "/pub/" + OTHER_ID).replace("P", PREFIX);
    }

    @ParameterizedTest
    @CsvSource({
        "/, P/",
        "/x, P/x",
        "/x?a=/b&c=%2F#/d, P/x?a=/b&c=%2F#/d",
        "/?/../.., P/?/../..",
        "/%2e/%C3%A4;v=1, P/%2e/%C3%A4;v=1",
        "/a/../b, P/a/../b",
        "/pub, P/pub",
        "/pub/other/x, P/pub/other/x",
        "OTHER/x, POTHER/x",
        "Px, PPx",
        "http://localhost:3000/x?y#z, https://t.example.comP/x?y#z",
        "hTTp://LocalHost/x, https://t.example.comP/x",
        "https://app.localhost/x, https://t.example.comP/x",
        "http://127.0.0.1:8080, https://t.example.comP/",
        "http://127.1.2.3:8080?q, https://t.example.comP/?q",
        "http://127.1.2.3#f, https://t.example.comP/#f",
        "http://[::1]:3000/x, https://t.example.comP/x",
        "http://[0:0:0:0:0:0:0:1]/x, https://t.example.comP/x",
        "http://[::ffff:127.0.0.1]/x, https://t.example.comP/x",
        "http://localhost:3000P/x, https://t.example.comP/x",
        "http://localhost:3000P, https://t.example.comP",
        "http://app.internal:3000/x, https://t.example.comP/x",
        "http://Any.internal:1234/x, https://t.example.comP/x",
        "https://t.example.com/x, https://t.example.comP/x",
        "http://t.example.com/x, https://t.example.comP/x",
        "https://T.Example.com:443/x, https://t.example.comP/x",
        "http://t.example.com:80/x, https://t.example.comP/x",
        "https://t.example.com, https://t.example.comP/",
        "//t.example.com/x, //t.example.comP/x",
        "//localhost:3000/x?y, //t.example.comP/x?y",
        "//localhost:3000P/x, //t.example.comP/x"
    })
    void locationsOfTheLocalServiceGetThePrefix(String value, String expected) {
        assertEquals(full(expected), rewrite("Location", value));
        assertEquals(full(expected), rewrite("content-LOCATION", value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "./x",
                "../x",
                "?a=/b",
                "#/b",
                "P",
                "P/",
                "P/x",
                "P?q",
                "P#f",
                "https://t.example.comP/x",
                "http://t.example.comP/x",
                "https://t.example.comOTHER/x",
                "https://other.example.com/x",
                "https://t.example.com.evil.org/x",
                "https://x.t.example.com/",
                "https://t.example.com:8443/x",
                "http://app.internal:3001/x",
                "http://app.internal/x",
                "http://localhost.example.com/x",
                "http://127.0.0.1.example.com/x",
                "http://128.0.0.1/x",
                "http://user@localhost/x",
                "http://localhost\\@evil.org/x",
                "http://localhost:99999/x",
                "http://",
                "http:/x",
                "//other.example.com/x",
                "///x",
                "mailto:a@localhost",
                "ftp://localhost/x",
                "/../x",
                "/%2e%2e/x",
                "/a/..%2f../x",
                "http://localhost/../x",
                " x "
            })
    void otherLocationsAreLeftAlone(String value) {
        Fields fields = Fields.of("Location", full(value));
        assertSame(fields, rewrite(fields));
    }

    @Test
    void blanksAroundALocationAreNoPartOfIt() {
        assertEquals(PREFIX + "/x", rewrite("Location", " /x\t"));
    }

    @Test
    void aPortOfTheServerIsPartOfItsAuthority() {
        Fields fields = Fields.of("Location", "http://h:8080/x", "Content-Location", "http://h/x");
        assertEquals(
                Fields.of(
                        "Location",
                        "http://h:8080" + PREFIX + "/x",
                        "Content-Location",
                        "http://h/x"),
                REWRITER.rewrite(fields, PREFIX, "http", "h:8080"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "5; url=/x, 5; url=P/x",
                "0;URL=/x, 0;URL=P/x",
                "5;url = /x?a;b, 5;url = P/x?a;b",
                "5 ; Url='/x', 5 ; Url='P/x'",
                "5; url=\"/x\" , 5; url=\"P/x\"",
                "5; url=\"/x, 5; url=\"P/x",
                "5; url=\"/x\"; y=\"/z\", 5; url=\"P/x\"; y=\"/z\"",
                "`5, url=/x`, `5, url=P/x`",
                "5 url=/x, 5 url=P/x",
                "1.5; url=/x, 1.5; url=P/x",
                "5; /x, 5; P/x",
                "5; url=http://localhost:3000/x, 5; url=https://t.example.comP/x",
                "5, 5",
                "5;, 5;",
                "5; url=, 5; url=",
                "5; url=x, 5; url=x",
                "5; url=P/x, 5; url=P/x",
                "5; url=https://other.example.com/, 5; url=https://other.example.com/",
                "5url=/x, 5url=/x",
                "url=/x, url=/x"
            })
    void refreshHasAUrlToo(String value, String expected) {
        assertEquals(full(expected), rewrite("Refresh", value));
    }

    @ParameterizedTest
    @CsvSource({
        "/, P/",
        "/x/, P/x/",
        "P/, P/",
        "P/x, P/x",
        "./, ./",
        "x/y/.., x/y/..",
        "?q=../.., ?q=../..",
        "/.., P/",
        "../, P/",
        "x/../.., P/",
        "x/%2e%2E/.., P/",
        "P/.., P/",
        "P/x/../../, P/",
        "OTHER/, POTHER/",
        "\\, P/",
        "x\\..\\.., P/",
        "/.\t./, P/",
        "//t.example.com/, P/",
        "https:/, P/",
        "https://t.example.com/, P/"
    })
    void aServiceWorkerNeverRulesMoreThanThePrefix(String value, String expected) {
        assertEquals(full(expected), rewrite("Service-Worker-Allowed", value));
    }

    @Test
    void orderAndOtherFieldsAreKept() {
        Fields fields =
                Fields.of(
                        "Date", "/x",
                        "set-cookie", "a=1; Path=/",
                        "Location", "/x",
                        "Link", "</x>; rel=preload",
                        "Set-Cookie", "b=2; Path=/b",
                        "X-Location", "/x",
                        "SET-COOKIE", "c=3");
        Fields expected =
                Fields.of(
                        "Date", "/x",
                        "set-cookie", "a=1; Path=" + PREFIX,
                        "Location", PREFIX + "/x",
                        "Link", "</x>; rel=preload",
                        "Set-Cookie", "b=2; Path=" + PREFIX + "/b",
                        "X-Location", "/x",
                        "SET-COOKIE", "c=3");
        assertEquals(expected, rewrite(fields));
        assertEquals(
                List.of("a=1; Path=" + PREFIX, "b=2; Path=" + PREFIX + "/b", "c=3"),
                rewrite(fields).all("Set-Cookie"));
    }

    @Test
    void nothingToChangeIsTheSameObject() {
        Fields plain = Fields.of("Content-Encoding", "br", "X-Cookies-", "/", "Content-Type", "/");
        assertSame(plain, rewrite(plain));
        Fields done = Fields.of("Location", PREFIX + "/x", "Set-Cookie", "a=1");
        assertSame(done, rewrite(done));
        assertSame(Fields.EMPTY, rewrite(Fields.EMPTY));
    }

    @Test
    void whatIsRewrittenIsLeftAloneTheSecondTime() {
        Fields once =
                rewrite(
                        Fields.of(
                                "Location", "http://localhost/x",
                                "Refresh", "1;url=/x",
                                "Set-Cookie", "a=1; Path=/; Domain=localhost",
                                "Service-Worker-Allowed", "/"));
        assertSame(once, rewrite(once));
    }

    @Test
    void hostileLengthsTakeLinearTime() {
        String blanks = " ".repeat(200_000);
        Fields fields =
                Fields.of(
                        "Refresh", "5" + blanks + "url" + blanks + "x",
                        "Set-Cookie", "a=1" + "; Path".repeat(100_000),
                        "Location", "/" + "../a/".repeat(50_000));
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> rewrite(fields));
    }
}
