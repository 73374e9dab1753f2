package io.cloudtunnel.it;

import static io.cloudtunnel.it.Case.BASE;
import static io.cloudtunnel.it.Case.HOST;
import static io.cloudtunnel.it.Case.start;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A request to refuse, since two readers could understand it in two ways, or nobody can.
 *
 * @param request with {@link Case#BASE} before each path
 * @param inBody whether only the body is bad, so that the local service may see the head
 */
record BadInput(String name, String request, boolean inBody) {

    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

    static List<BadInput> all() {
        List<BadInput> all = new ArrayList<>();
        lengths(all);
        fields(all);
        hosts(all);
        targets(all);
        requestLines(all);
        chunks(all);
        return all;
    }

    private static void lengths(List<BadInput> all) {
        field(all, "length and coding", "Content-Length: 5\r\n" + CHUNKED);
        field(all, "coding and length", CHUNKED + "Content-Length: 5\r\n");
        field(all, "two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n");
        field(all, "one length twice", "Content-Length: 5\r\nContent-Length: 5\r\n");
        Stream.of(
                        "+5",
                        "-1",
                        "5 5",
                        "0x5",
                        "5,5",
                        "",
                        "5;",
                        "9".repeat(19),
                        "9".repeat(30),
                        "5\u00b2")
                .forEach(length ->
                        field(all, "length " + length, "Content-Length: " + length + "\r\n"));
        Stream.of("gzip", "gzip, chunked", "xchunked", "chunked, identity", "chunked, chunked", "")
                .forEach(coding ->
                        field(all, "coding " + coding, "Transfer-Encoding: " + coding + "\r\n"));
        field(all, "chunked twice", CHUNKED + CHUNKED);
        add(
                all,
                "coding in HTTP/1.0",
                "POST " + BASE + "/x HTTP/1.0\r\n" + CHUNKED + "\r\n0\r\n\r\n");
    }

    private static void fields(List<BadInput> all) {
        field(all, "obs-fold", "X-A: b\r\n c\r\n");
        field(all, "obs-fold at the first line", " X-A: b\r\n");
        field(all, "NUL in a value", "X-A: b\0c\r\n");
        field(all, "NUL in a name", "X\0A: b\r\n");
        field(all, "bare CR", "X-A: b\rX-B: c\r\n");
        field(all, "bare LF", "X-A: b\nX-B: c\r\n");
        field(all, "CR at the end", "X-A: b\r\r\n");
        field(all, "a control character", "X-A: b\u0007\r\n");
        field(all, "space before the colon", "Content-Length : 5\r\n");
        field(all, "tab before the colon", "X-A\t: 5\r\n");
        field(all, "space in a name", "X A: 5\r\n");
        field(all, "a name beyond ASCII", "X-\u00e9: 5\r\n");
        field(all, "no name", ": v\r\n");
        field(all, "no colon", "X-A\r\n");
        field(all, "1 MiB of headers", RequestCases.filled(1 << 20));
        field(all, "1 MiB in one header", "X-A: " + "v".repeat(1 << 20) + "\r\n");
        field(all, "64 KiB and a byte", RequestCases.filled(64 * 1024 - HOST.length() + 1));
        field(all, "2000 headers", "X: y\r\n".repeat(2000));
    }

    private static void hosts(List<BadInput> all) {
        String line = "GET " + BASE + "/x HTTP/1.1\r\n";
        add(all, "no Host", line + "\r\n");
        add(all, "no Host in absolute form", "GET http://localhost" + BASE + "/ HTTP/1.1\r\n\r\n");
        field(all, "two Hosts", "Host: localhost\r\n");
        field(all, "two different Hosts", "Host: other\r\n");
        Stream.of("", "a b", "a@b", "a/b", "a,b", "a:b", "[::1", "a:99999")
                .forEach(host -> add(all, "Host " + host, line + "Host: " + host + "\r\n\r\n"));
    }

    private static void targets(List<BadInput> all) {
        Stream.of(
                        "%zz/x",
                        "%/x",
                        "%2/x",
                        "%",
                        "/../x",
                        "/..",
                        "/a/../../x",
                        "/./../x",
                        "//../x",
                        "/%2e%2e/x",
                        "/.%2E/x",
                        "/..%2fx",
                        "/..%2Fx",
                        "/a%2f..%2f..%2f..%2fx",
                        "/..%5cx",
                        "/..\\x",
                        "/..;/x",
                        "/..;a=b/x?q")
                .forEach(rest -> add(all, "target " + rest, start("POST", rest) + "\r\n"));
        add(all, "1 MiB of a target", start("GET", "/" + "r".repeat(1 << 20)) + "\r\n");
        add(all, "1 MiB of a query", start("GET", "/?" + "r".repeat(1 << 20)) + "\r\n");
        add(all, "1 MiB of a method", start("M".repeat(1 << 20), "/") + "\r\n");
    }

    private static void requestLines(List<BadInput> all) {
        String line = "GET " + BASE + "/x HTTP/1.1";
        add(all, "bare LF in all lines", line + "\n" + "Host: localhost\n\n");
        add(all, "bare CR in the first line", line + "\r" + HOST + "\r\n");
        Stream.of(
                        "GET  " + BASE + "/ HTTP/1.1",
                        "GET " + BASE + "/a b HTTP/1.1",
                        "GET " + BASE + "/\t HTTP/1.1",
                        "GET " + BASE + "/\0 HTTP/1.1",
                        "GET " + BASE + "/ HTTP/1.1 ",
                        "GET " + BASE + "/ http/1.1",
                        "GET " + BASE + "/",
                        " GET " + BASE + "/ HTTP/1.1",
                        "G@T " + BASE + "/ HTTP/1.1",
                        "GET ftp://localhost" + BASE + "/ HTTP/1.1",
                        "GET http://u@localhost" + BASE + "/ HTTP/1.1",
                        "GET x" + BASE + "/ HTTP/1.1")
                .forEach(bad ->
                        add(all, "line " + bad.replace(BASE, ""), bad + "\r\n" + HOST + "\r\n"));
    }

    private static void chunks(List<BadInput> all) {
        Stream.of(
                        "x\r\nabc",
                        "+3\r\nabc",
                        "-3\r\n",
                        " 3\r\nabc",
                        "3 3\r\nabc",
                        "0x3\r\nabc",
                        "\r\n",
                        "1".repeat(17) + "\r\nabc",
                        "F".repeat(16) + "\r\nabc",
                        "3\nabc\n",
                        "3\r\nabcd\r\n",
                        "3\r\nabc\n",
                        "3;a\nb\r\nabc\r\n",
                        "3;a\0\r\nabc\r\n",
                        "3;" + "e".repeat(10_000) + "\r\nabc\r\n",
                        "0\r\nX : y\r\n",
                        "0\r\nX: y\r\n z\r\n",
                        "0\r\nX: y\nZ: a\r\n",
                        "0\r\n" + RequestCases.filled(100_000))
                .forEach(chunk -> {
                    String name = chunk.substring(0, Math.min(20, chunk.length()));
                    String head = start("POST", "/x") + CHUNKED + "\r\n";
                    all.add(
                            new BadInput(
                                    "chunk " + name.replaceAll("[\r\n\0]+", "~"),
                                    head + chunk + "\r\n0\r\n\r\n",
                                    true));
                });
    }

    private static void field(List<BadInput> all, String name, String lines) {
        add(all, name, start("POST", "/x") + lines + "\r\n0\r\n\r\n");
    }

    private static void add(List<BadInput> all, String name, String request) {
        all.add(new BadInput(name, request, false));
    }

    String requestAt(String base) {
        return request.replace(BASE, base);
    }
}
