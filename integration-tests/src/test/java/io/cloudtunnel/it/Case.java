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
 */
record Case(
        String name,
        String request,
        int count,
        String answer,
        End end,
        Set<Loss> losses,
        Set<Loss> jsonLosses,
        String jsonError) {

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
        return new Case(name, request, 1, answer, End.KEPT, Set.of(), Set.of(), "");
    }

    /** A request line, and a Host. */
    static String start(String method, String target) {
        return method + " " + BASE + target + " HTTP/1.1\r\n" + HOST;
    }

    Case times(int number) {
        return new Case(name, request, number, answer, end, losses, jsonLosses, jsonError);
    }

    Case ends(End how) {
        return new Case(name, request, count, answer, how, losses, jsonLosses, jsonError);
    }

    Case loses(Loss... what) {
        return new Case(name, request, count, answer, end, Set.of(what), jsonLosses, jsonError);
    }

    Case jsonLoses(Loss... what) {
        return new Case(name, request, count, answer, end, losses, Set.of(what), jsonError);
    }

    Case jsonFails(String error) {
        return new Case(name, request, count, answer, end, losses, jsonLosses, error);
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
