package io.cloudtunnel.it;

import static io.cloudtunnel.it.Case.BASE;
import static io.cloudtunnel.it.Case.HOST;
import static io.cloudtunnel.it.Case.OK;
import static io.cloudtunnel.it.Case.start;

import io.cloudtunnel.it.Case.End;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Answers that a tunnel has to carry as they are. */
@SuppressWarnings("StringConcatToTextBlock") // which has no CR at the end of a line
final class AnswerCases {

    private static final String GET = start("GET", "/a") + "\r\n";
    private static final String HINTS =
            "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nLink: </b>\r\n\r\n";
    private static final String CHUNKS =
            "Trailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3;e=1\r\nabc\r\n1\r\nd\r\n0\r\nX-T: 1\r\nx-t: \u00e9\r\n\r\n";

    private AnswerCases() {}

    static List<Case> all() {
        List<Case> all = new ArrayList<>();
        statuses(all);
        interim(all);
        bodiless(all);
        fields(all);
        bodies(all);
        return all;
    }

    private static void statuses(List<Case> all) {
        Stream.of("200 OK", "404 Not Found", "599 ")
                .forEach(status -> all.add(answer(status, status, "Content-Length: 1\r\n\r\nx")));
        Stream.of("200 ", "200 Fine by me", "299 Own \u00e9", "404 ", "404 no", "599 Odd")
                .forEach(status ->
                        all.add(
                                answer(status, status, "Content-Length: 1\r\n\r\nx")
                                        .jsonLoses(Loss.REASON)));
        all.add(answer("redirect", "302 Found", "Location: /a?b\r\nContent-Length: 0\r\n\r\n"));
        all.add(answer("205", "205 Reset Content", "Content-Length: 0\r\n\r\n"));
        all.add(
                answer(
                        "206",
                        "206 Partial Content",
                        "Content-Range: bytes 1-2/9\r\nContent-Length: 2\r\n\r\nbc"));
        all.add(
                answer(
                        "401",
                        "401 Unauthorized",
                        "WWW-Authenticate: Basic realm=\"a, b\"\r\nWWW-Authenticate: NTLM\r\n"
                                + "Content-Length: 0\r\n\r\n"));
        all.add(
                answer(
                                "426",
                                "426 Upgrade Required",
                                "Upgrade: echo/2, echo/1\r\nConnection: Upgrade\r\n"
                                        + "Content-Length: 2\r\n\r\nup")
                        .http2Loses(Loss.UPGRADE));
    }

    private static void interim(List<Case> all) {
        all.add(
                Case.of("early hints", GET, HINTS + HINTS + OK)
                        .jsonLoses(Loss.INTERIM)
                        .http2Loses(Loss.INTERIM));
        all.add(
                Case.of("processing", GET, "HTTP/1.1 102 \r\n\r\n" + OK)
                        .jsonLoses(Loss.INTERIM)
                        .http2Loses(Loss.INTERIM));
        all.add( // RFC 9110, section 15.2
                Case.of(
                                "early hints for HTTP/1.0",
                                "GET " + BASE + "/a HTTP/1.0\r\n" + HOST + "\r\n",
                                HINTS + OK)
                        .loses(Loss.INTERIM)
                        .jsonLoses(Loss.INTERIM)
                        .unfitForHttp2("it is another version"));
    }

    private static void bodiless(List<Case> all) {
        String head = start("HEAD", "/") + "\r\n";
        all.add(Case.of("HEAD", head, "HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n"));
        all.add(Case.of("HEAD bare", head, "HTTP/1.1 200 OK\r\nX-A: b\r\n\r\n"));
        all.add(Case.of("HEAD of 0", head, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
        all.add(
                Case.of(
                        "HEAD of chunks",
                        head,
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
        all.add(Case.of("HEAD twice", head + head, "HTTP/1.1 404 Not Found\r\n\r\n").times(2));
        all.add(answer("204", "204 No Content", "X-A: b\r\n\r\n"));
        all.add(answer("204 with a length", "204 No Content", "Content-Length: 0\r\n\r\n"));
        all.add(answer("304", "304 Not Modified", "ETag: \"a\"\r\nContent-Length: 77\r\n\r\n"));
        all.add(answer("304 bare", "304 Not Modified", "ETag: W/\"a\"\r\nExpires: 0\r\n\r\n"));
    }

    private static void fields(List<Case> all) {
        all.add(
                answer(
                        "cookies",
                        "200 OK",
                        "Set-Cookie: a=1; Path=/\r\n"
                            + "Set-Cookie: a=1; Path=/\r\n"
                            + "Set-Cookie: c=\"d, e\"; Expires=Thu, 01 Jan 2026 00:00:00 GMT\r\n"
                            + "Content-Length: 0\r\n\r\n"));
        all.add(
                answer(
                        "many of two names",
                        "200 OK",
                        lines("Set-Cookie") + lines("X-Own") + "Content-Length: 0\r\n\r\n"));
        all.add(
                answer(
                                "cookies apart",
                                "200 OK",
                                "Set-Cookie: a=1\r\nContent-Length: 0\r\nset-cookie: b=2\r\n\r\n")
                        .jsonLoses(Loss.ORDER));
        all.add(
                answer(
                        "Date and Server of the application",
                        "200 OK",
                        "server: mine\r\nDate: once\r\nContent-Length: 0\r\n\r\n"));
        all.add(
                answer(
                                "names and values",
                                "200 OK",
                                "x-Z: 1\r\nX-a:\r\nX-Z: \u00e9\u00ff\r\nX-a: 2\r\n"
                                        + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n"
                                        + "\u001f\u008b\0")
                        .jsonLoses(Loss.ORDER)
                        .http2Loses(Loss.BEYOND_ASCII));
        all.add(
                answer(
                                "64 KiB of headers in an answer",
                                "200 OK",
                                RequestCases.filled(64 * 1024 - "Content-Length: 0\r\n".length())
                                        + "Content-Length: 0\r\n\r\n")
                        .http2Fails("502 head-too-large"));
        all.add(
                answer(
                        "what is about one connection, in an answer",
                        "200 OK",
                        "Connection: keep-alive, X-Mine\r\nX-Mine: 1\r\nKeep-Alive: timeout=5\r\n"
                                + "Proxy-Connection: x\r\nUpgrade: h2c\r\n"
                                + "Proxy-Authenticate: Basic\r\nX-Kept: 1\r\n"
                                + "Content-Length: 0\r\n\r\n"));
        all.add(
                answer(
                        "what only the tunnel may say",
                        "200 OK",
                        "X-Request-Id: evil\r\nCloudtunnel-Error: evil\r\ncloudtunnel-links: 0\r\n"
                                + "Content-Length: 0\r\n\r\n"));
    }

    private static void bodies(List<Case> all) {
        all.add(
                answer("chunks and trailers", "200 OK", CHUNKS)
                        .jsonLoses(Loss.LENGTH, Loss.TRAILERS)
                        .http2Loses(Loss.BEYOND_ASCII));
        all.add(
                answer(
                                "no chunk in an answer",
                                "200 OK",
                                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                        .jsonLoses(Loss.LENGTH));
        all.add(
                Case.of(
                                "chunks for HTTP/1.0",
                                "GET " + BASE + "/a HTTP/1.0\r\n\r\n",
                                "HTTP/1.1 200 OK\r\n" + CHUNKS)
                        .loses(Loss.UNTIL_CLOSE)
                        .jsonLoses(Loss.LENGTH, Loss.TRAILERS)
                        .unfitForHttp2("it is another version"));
        all.add(
                answer("until the connection's end", "200 OK", "X-A: b\r\n\r\nall of it")
                        .ends(End.CLOSED)
                        .loses(Loss.CHUNKED)
                        .jsonLoses(Loss.LENGTH));
        all.add(
                Case.of("a service of HTTP/1.0", GET, "HTTP/1.0 200 OK\r\nX-A: b\r\n\r\nold")
                        .ends(End.CLOSED)
                        .loses(Loss.CHUNKED)
                        .jsonLoses(Loss.LENGTH));
        all.add(
                answer(
                                "an event stream",
                                "200 OK",
                                "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
                                        + "\r\n9\r\n"
                                        + Case.EVENT
                                        + "\r\n")
                        .ends(End.LEFT)
                        .jsonFails("502 answer-without-end"));
        int large = Ways.JSON_BODY_BYTES + 1;
        all.add(
                answer(
                                "an answer of more than JSON mode takes",
                                "200 OK",
                                "Content-Length: " + large + "\r\n\r\n" + "d".repeat(large))
                        .jsonFails("502 answer-too-large"));
    }

    private static String lines(String name) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            lines.append(name).append(": ").append(i).append("\r\n");
        }
        return lines.toString();
    }

    private static Case answer(String name, String status, String rest) {
        return Case.of("answer " + name, GET, "HTTP/1.1 " + status + "\r\n" + rest);
    }
}
