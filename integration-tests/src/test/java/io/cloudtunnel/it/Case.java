package io.cloudtunnel.it;

import java.util.Set;

/**
 * An exchange in raw text, one character for each byte. It is made with the local service directly;
 * through a tunnel both ends have to see the same, but for what is declared here and in {@link
 * Declared}.
 *
 * @param request what the client sends, with {@link #BASE} before each path
 * @param count of requests in it, each of which gets {@code answer}
 * @param answer what the local service sends, once it has read the request
 * @param end how the exchange ends
 * @param losses of any tunnel in binary mode
 * @param jsonLosses in JSON mode
 * @param jsonError the code that JSON mode answers with instead, as {@code 501 some-code}; empty
 *     where it answers as the local service does
 * @param http2 what becomes of it where the client speaks HTTP/2
 */
record Case(
        String name,
        String request,
        int count,
        String answer,
        End end,
        Set<Loss> losses,
        Set<Loss> jsonLosses,
        String jsonError,
        Http2 http2) {

    /**
     * What becomes of an exchange in HTTP/2.
     *
     * @param unfit why there is none in HTTP/2; empty where there is
     * @param losses of what comes out
     * @param error as {@code jsonError}
     */
    record Http2(String unfit, Set<Loss> losses, String error) {
        static final Http2 SAME = new Http2("", Set.of(), "");
    }

    /** Stands for what precedes a path: nothing, or the tunnel's prefix. */
    static final String BASE = "@@";

    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** What has come of an answer without end when the client leaves. */
    static final String EVENT = "data: 1\n\n";

    static final String HOST = "Host: localhost\r\n";

    /** How an exchange ends. */
    enum End {
        /** The connection goes on. */
        KEPT,
        /** The local service closes the connection. */
        CLOSED,
        /** The local service answers without having read the request's body, and closes. */
        UNREAD,
        /** After the answer each side sends what it likes, until both have ended. */
        SWITCHED,
        /** There is no end: the client leaves once it has what the answer says. */
        LEFT
    }

    static Case of(String name, String request, String answer) {
        return new Case(name, request, 1, answer, End.KEPT, Set.of(), Set.of(), "", Http2.SAME);
    }

    /** A request line, and a Host. */
    static String start(String method, String target) {
        return method + " " + BASE + target + " HTTP/1.1\r\n" + HOST;
    }

    Case times(int number) {
        return new Case(name, request, number, answer, end, losses, jsonLosses, jsonError, http2);
    }

    Case ends(End how) {
        return new Case(name, request, count, answer, how, losses, jsonLosses, jsonError, http2);
    }

    Case loses(Loss... what) {
        return new Case(
                name, request, count, answer, end, Set.of(what), jsonLosses, jsonError, http2);
    }

    Case jsonLoses(Loss... what) {
        return new Case(name, request, count, answer, end, losses, Set.of(what), jsonError, http2);
    }

    Case jsonFails(String error) {
        return new Case(name, request, count, answer, end, losses, jsonLosses, error, http2);
    }

    /** For HTTP/1.1 alone. */
    Case unfitForHttp2(String why) {
        return with(new Http2(why, Set.of(), ""));
    }

    Case http2Loses(Loss... what) {
        return with(new Http2("", Set.of(what), ""));
    }

    Case http2Fails(String error) {
        return with(new Http2("", Set.of(), error));
    }

    private Case with(Http2 other) {
        return new Case(name, request, count, answer, end, losses, jsonLosses, jsonError, other);
    }

    String requestAt(String base) {
        return request.replace(BASE, base);
    }

    boolean expects() {
        return request.contains("\r\nExpect: 100-continue\r\n");
    }

    boolean isHead() {
        return request.startsWith("HEAD ");
    }

    @Override
    public String toString() {
        return name;
    }
}
