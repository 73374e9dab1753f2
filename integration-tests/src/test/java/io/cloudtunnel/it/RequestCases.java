package io.cloudtunnel.it;

import static io.cloudtunnel.it.Case.BASE;
import static io.cloudtunnel.it.Case.HOST;
import static io.cloudtunnel.it.Case.OK;
import static io.cloudtunnel.it.Case.start;

import io.cloudtunnel.it.Case.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Requests that a tunnel has to carry as they are. */
@SuppressWarnings("StringConcatToTextBlock") // which has no CR at the end of a line
final class RequestCases {

    private static final String GET = start("GET", "/h");
    private static final String POST = start("POST", "/b");
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

    private static final String NO_UPGRADE = "there are no upgrades";

    private RequestCases() {}

    static List<Case> all() {
        List<Case> all = new ArrayList<>();
        Stream.of("GET", "get", "purge", "M-SEARCH", "head", "DELETE", "PROPFIND", "TRACE", "M!#|~")
                .forEach(method -> all.add(method(method)));
        targets(all);
        fields(all);
        bodies(all);
        expectations(all);
        connections(all);
        upgrades(all);
        return all;
    }

    private static Case method(String method) {
        Case one = Case.of("method " + method, start(method, "/x") + "\r\n", OK);
        if (method.equals("head")) {
            return one.unfitForHttp2("it becomes HEAD, whose answers have no body");
        }
        boolean upper = method.equals(method.toUpperCase(Locale.ROOT));
        return upper ? one : one.http2Loses(Loss.METHOD_CASE);
    }

    private static void targets(List<Case> all) {
        Stream.of(
                        "/",
                        "//",
                        "/a%2Fb//c;p=1;q",
                        "/a|b{c}d[e]f\\g^h`i\"j<k>l",
                        "/%c3%a9%2f%C3?q=%7e+%20",
                        "/\u00e9\u00ff?\u00e9",
                        "/x??&&=",
                        "/a/./b/../c",
                        "/?next=http://localhost/../../y",
                        "/" + "p".repeat(4096) + "?" + "q".repeat(4096))
                .forEach(target -> all.add(target(target)));
        all.add(
                Case.of("target /x?", start("GET", "/x?") + "\r\n", OK)
                        .jsonLoses(Loss.QUESTION_MARK)
                        .http2Loses(Loss.QUESTION_MARK));
    }

    private static Case target(String target) {
        Case one = Case.of("target " + brief(target), start("GET", target) + "\r\n", OK);
        boolean ascii = target.chars().allMatch(c -> c < 0x80);
        return ascii ? one : one.http2Fails("400 bad-request");
    }

    private static String brief(String text) {
        return text.substring(0, Math.min(40, text.length()));
    }

    private static void fields(List<Case> all) {
        all.add(
                get(
                        "order and case of names",
                        "zeta: 1\r\nX-ALPHA: 2\r\nx-aLpHa2: 3\r\nAccept: a"));
        all.add(
                get("duplicates apart", "X-D: 1\r\nX-Other: 2\r\nx-d: 1\r\nX-D: 3,4\r\nCookie: a=b")
                        .jsonLoses(Loss.ORDER));
        all.add(
                get("duplicates together", "Cookie: a=1\r\nCookie: b=2; c=3\r\nX-Z: ,\r\nX-Z: , ")
                        .http2Loses(Loss.ONE_COOKIE));
        all.add(get("empty values", "X-Empty:\r\nX-Blank:   \r\nX-Next: a  b\t c"));
        all.add(
                get("bytes beyond ASCII", "X-L: \u00e9\u00ff\u0080 \u00a0\r\nX-U: \u00c3\u00a9")
                        .http2Fails("400 bad-request"));
        all.add(get("all token characters", "!#$%&'*+-.^_`|~0aZ: v"));
        all.add(get("codings of content", "Content-Encoding: gzip\r\nAccept-Encoding: br, zstd"));
        all.add(get("credentials", "Authorization: Basic eDp5\r\nCookie: s=\"a b\"; t"));
        all.add(
                Case.of(
                        "Host last",
                        "GET " + BASE + "/ HTTP/1.1\r\nX-A: 1\r\n" + HOST + "\r\n",
                        OK));
        all.add(
                Case.of("64 KiB of headers", GET + filled(64 * 1024 - HOST.length()) + "\r\n", OK)
                        .unfitForHttp2("a value that lies in two frames ends the connection"));
        all.add(
                get(
                        "what is about one connection",
                        "Connection: close, X-Mine, TE\r\nX-Mine: 1\r\nKeep-Alive: timeout=5\r\n"
                                + "Proxy-Connection: close\r\nTE: gzip;q=0.5\r\nX-Kept: 1\r\n"
                                + "Proxy-Authorization: Basic eDp5"));
        all.add(
                get("a client that takes trailers", "Connection: TE\r\nTE: trailers, deflate")
                        .jsonLoses(Loss.TRAILERS));
        all.add(
                get(
                        "what only the server may say",
                        "X-Forwarded-For: 6.6.6.6\r\n"
                                + "X_Forwarded_For: 6.6.6.6\r\n"
                                + "X_Custom: 1\r\n"
                                + "Forwarded: for=6.6.6.6\r\n"
                                + "X-Real-IP: 6.6.6.6\r\n"
                                + "X-Forwarded-Proto: https\r\n"
                                + "X-Forwarded-Host: evil\r\n"
                                + "X-Forwarded-Prefix: /evil\r\n"
                                + "X-Forwarded-Port: 1\r\n"
                                + "X-Tunnel-Id: evil\r\n"
                                + "cloudtunnel-Probe: 1\r\n"
                                + "X-Request-Id: e"));
    }

    private static void bodies(List<Case> all) {
        all.add(
                Case.of(
                        "a body",
                        POST + "Content-Length: 4\r\nX-After: 1\r\n\r\n\0\u00ff\r\n",
                        OK));
        all.add(Case.of("the body of a GET", GET + "Content-Length: 3\r\n\r\nabc", OK));
        all.add(Case.of("a length of 0", POST + "Content-Length: 0\r\n\r\n", OK));
        all.add(Case.of("no length", POST + "\r\n", OK));
        all.add(
                Case.of("chunks", POST + CHUNKED + "\r\n5\r\nabcde\r\n000\r\n\r\n", OK)
                        .jsonLoses(Loss.LENGTH));
        all.add(Case.of("no chunk", POST + CHUNKED + "\r\n0\r\n\r\n", OK).jsonLoses(Loss.LENGTH));
        all.add(
                Case.of(
                                "chunks with extensions and trailers",
                                POST
                                        + "Trailer: X-Sum\r\n"
                                        + CHUNKED
                                        + "\r\n3;a=b;c=\"d e\"\r\nabc\r\n00A ;x\r\n0123456789\r\n"
                                        + "0;last\r\nX-Sum: 1\r\nx-sum: \u00e9\r\n\r\n",
                                OK)
                        .jsonLoses(Loss.LENGTH, Loss.TRAILERS)
                        .http2Loses(Loss.REQUEST_TRAILERS));
        int large = Ways.JSON_BODY_BYTES + 1;
        all.add(
                Case.of(
                                "more than JSON mode takes",
                                POST + "Content-Length: " + large + "\r\n\r\n" + "b".repeat(large),
                                OK)
                        .jsonFails("413 body-too-large"));
        all.add(
                Case.of(
                                "chunks of more than JSON mode takes",
                                POST
                                        + CHUNKED
                                        + "\r\n"
                                        + ("8000\r\n" + "c".repeat(0x8000) + "\r\n").repeat(9)
                                        + "0\r\n\r\n",
                                OK)
                        .jsonFails("413 body-too-large"));
    }

    private static void expectations(List<Case> all) {
        String expect = POST + "Expect: 100-continue\r\n";
        String goOn = "HTTP/1.1 100 Go On\r\nX-Early: 1\r\n\r\n";
        all.add(
                Case.of("expectation", expect + "Content-Length: 5\r\n\r\nhello", goOn + OK)
                        .jsonLoses(Loss.EXPECT)
                        .http2Loses(Loss.OWN_CONTINUE));
        all.add(
                Case.of(
                                "expectation and chunks",
                                expect + CHUNKED + "\r\n5\r\nhello\r\n0\r\n\r\n",
                                goOn + OK)
                        .jsonLoses(Loss.EXPECT, Loss.LENGTH)
                        .http2Loses(Loss.OWN_CONTINUE));
        all.add(
                Case.of(
                                "expectation that fails",
                                expect + "Content-Length: 5\r\n\r\nhello",
                                "HTTP/1.1 417 Expectation Failed\r\nConnection: close\r\n"
                                        + "Content-Length: 2\r\n\r\nno")
                        .ends(End.UNREAD)
                        .jsonLoses(Loss.EXPECT)
                        .http2Loses(Loss.OWN_CONTINUE));
        all.add(get("another expectation", "Expect: tea"));
    }

    private static void connections(List<Case> all) {
        String old = "GET " + BASE + "/old HTTP/1.0\r\nX-A: b\r\n";
        Stream.of(
                        Case.of("HTTP/1.0", old + "\r\n", OK),
                        Case.of("HTTP/1.0 with a Host", old + HOST + "\r\n", OK),
                        Case.of(
                                "HTTP/1.0 that is kept",
                                old + "Connection: keep-alive\r\n\r\n",
                                OK))
                .forEach(one -> all.add(one.unfitForHttp2("it is another version")));
        all.add(absolute("http://localhost"));
        all.add(absolute("HTTP://other.example:80"));
        all.add(
                Case.of(
                                "three at once",
                                start("GET", "/1")
                                        + "\r\n"
                                        + start("POST", "/2")
                                        + "Content-Length: 3\r\n\r\nGET"
                                        + start("GET", "/3")
                                        + "X-B: 2\r\n\r\n",
                                OK)
                        .times(3));
        all.add(Case.of("thirty at once", (start("PUT", "/p") + "\r\n").repeat(30), OK).times(30));
    }

    private static Case absolute(String start) {
        return Case.of(
                        "absolute form " + start,
                        "GET " + start + BASE + "/abs?q=%2f HTTP/1.1\r\n" + HOST + "X-A: 1\r\n\r\n",
                        OK)
                .unfitForHttp2("it has another form of targets");
    }

    private static void upgrades(List<Case> all) {
        String ask = "Connection: keep-alive, Upgrade\r\nUpgrade: echo/2\r\nSec-WebSocket-Key: k";
        String switching =
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo/2\r\n"
                        + "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: x; y=1\r\n\r\n"
                        + "from the service";
        String refusal = "HTTP/1.1 403 No\r\nContent-Length: 7\r\n\r\nnot you";
        all.add(
                Case.of("upgrade", start("GET", "/u") + ask + "\r\n\r\n", switching)
                        .ends(End.SWITCHED)
                        .jsonFails("501 upgrade-not-carried")
                        .unfitForHttp2(NO_UPGRADE));
        all.add(
                Case.of("upgrade that is refused", start("GET", "/u") + ask + "\r\n\r\n", refusal)
                        .jsonFails("501 upgrade-not-carried")
                        .unfitForHttp2(NO_UPGRADE));
        all.add(
                get(
                        "upgrade to h2c, which is about one connection",
                        "Connection: Upgrade, HTTP2-Settings\r\n"
                                + "Upgrade: h2c\r\n"
                                + "HTTP2-Settings: A"));
        // To be ignored (RFC 9110, section 7.8).
        all.add(
                Case.of(
                                "upgrade in HTTP/1.0",
                                "GET " + BASE + "/u HTTP/1.0\r\n" + ask + "\r\n\r\n",
                                OK)
                        .unfitForHttp2(NO_UPGRADE));
    }

    private static Case get(String name, String lines) {
        return Case.of(name, GET + lines + "\r\n\r\n", OK);
    }

    /** Field lines of so many bytes, line ends included. */
    static String filled(int bytes) {
        StringBuilder lines = new StringBuilder();
        while (lines.length() < bytes) {
            String name = "X-Many-" + lines.length() + ": ";
            int length = Math.min(1024, bytes - lines.length());
            boolean last = length < 1024 || bytes - lines.length() - length < 100;
            length = last ? bytes - lines.length() : length;
            lines.append(name).append("v".repeat(length - name.length() - 2)).append("\r\n");
        }
        return lines.toString();
    }
}
