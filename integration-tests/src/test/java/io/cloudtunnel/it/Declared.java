package io.cloudtunnel.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The declared list: every header that a tunnel adds, changes or drops, with the reason. All else
 * comes out as it went in. docs/http.md has the same list, and {@link FidelityIT} compares them.
 *
 * @param name a field's name; a {@code *} at its end stands for anything
 * @param why for whoever wonders
 */
record Declared(String name, What what, String why) {

    /** What becomes of a header. */
    enum What {
        /** Of a request: it is not passed on; what the connection needs is written anew. */
        DROPPED,
        /** Of a request: what the client sent is dropped, and the server says what it sees. */
        SET,
        /** Of an answer: it is not passed on; what the connection needs is written anew. */
        DROPPED_OF_ANSWER,
        /** Of an answer: the server's value, in the application's place if it has sent one. */
        SET_OF_ANSWER
    }

    private static final String HOP = "it is about one connection, and each has its own";
    private static final String OWN = "only the server can know it, and a client may lie";
    private static final String PROXY = "it is for a proxy, and a tunnel is a gateway";

    static final List<Declared> LIST =
            List.of(
                    new Declared("Host", What.SET, "the local service's; --host says otherwise"),
                    new Declared("X-Forwarded-For", What.SET, OWN),
                    new Declared("X-Forwarded-Proto", What.SET, OWN),
                    new Declared("X-Forwarded-Host", What.SET, OWN),
                    new Declared("X-Forwarded-Prefix", What.SET, OWN),
                    new Declared("Forwarded", What.SET, OWN),
                    new Declared("X-Request-Id", What.SET, "one for all that logs the request"),
                    new Declared("X-Forwarded-Port", What.DROPPED, OWN),
                    new Declared("X-Real-IP", What.DROPPED, OWN),
                    new Declared("X-Tunnel-Id", What.DROPPED, "between agent and server"),
                    new Declared("Cloudtunnel-*", What.DROPPED, "between agent and server"),
                    new Declared("Connection", What.DROPPED, HOP),
                    new Declared("Keep-Alive", What.DROPPED, HOP),
                    new Declared("Proxy-Connection", What.DROPPED, HOP),
                    new Declared("TE", What.DROPPED, HOP),
                    new Declared("Transfer-Encoding", What.DROPPED, HOP),
                    new Declared("Upgrade", What.DROPPED, HOP),
                    new Declared("HTTP2-Settings", What.DROPPED, HOP),
                    new Declared("Proxy-Authorization", What.DROPPED, PROXY),
                    new Declared("Connection", What.DROPPED_OF_ANSWER, HOP),
                    new Declared("Keep-Alive", What.DROPPED_OF_ANSWER, HOP),
                    new Declared("Proxy-Connection", What.DROPPED_OF_ANSWER, HOP),
                    new Declared("Transfer-Encoding", What.DROPPED_OF_ANSWER, HOP),
                    new Declared("Upgrade", What.DROPPED_OF_ANSWER, HOP),
                    new Declared("Proxy-Authenticate", What.DROPPED_OF_ANSWER, PROXY),
                    new Declared("Proxy-Authentication-Info", What.DROPPED_OF_ANSWER, PROXY),
                    new Declared("Cloudtunnel-*", What.DROPPED_OF_ANSWER, "ours to say"),
                    new Declared(
                            "X-Request-Id",
                            What.SET_OF_ANSWER,
                            "the one that the request had at the local service"));

    /** What the two ends of each connection write for themselves. */
    private static final Set<String> OF_A_CONNECTION = Set.of("connection", "transfer-encoding");

    /** As the tables of docs/http.md have it. */
    String documented() {
        return switch (what) {
            case SET -> "request " + name + " set";
            case DROPPED -> "request " + name + " dropped";
            case SET_OF_ANSWER -> "answer " + name + " set";
            case DROPPED_OF_ANSWER -> "answer " + name + " dropped";
        };
    }

    /** Of what only the server, or server and agent, may say other spellings are dropped, too. */
    private boolean covers(String lowerName) {
        boolean theirs = name.startsWith("X-") || name.startsWith("Cloud");
        String said = theirs && isOfRequests() ? lowerName.replace('_', '-') : lowerName;
        String own = name.toLowerCase(Locale.ROOT);
        return own.endsWith("*")
                ? said.startsWith(own.substring(0, own.length() - 1))
                : said.equals(own);
    }

    private boolean isOfRequests() {
        return what == What.SET || what == What.DROPPED;
    }

    private static boolean is(String lowerName, What what) {
        return LIST.stream().anyMatch(one -> one.what == what && one.covers(lowerName));
    }

    /** What has to come out of what went in directly. */
    static Exchanged through(Exchanged direct) {
        return direct.requests(Declared::ofRequest)
                .answers(answer -> answer.isInterim() ? ofInterim(answer) : ofAnswer(answer));
    }

    /** What came out, without values that differ from one exchange to the next. */
    static Exchanged out(Exchanged through) {
        return through.requests(seen ->
                        withoutConnection(seen)
                                .with(lines ->
                                        lines.stream()
                                                .map(line -> masked(line, What.SET))
                                                .toList()))
                .answers(seen ->
                        withoutConnection(seen)
                                .with(lines ->
                                        lines.stream()
                                                .map(line -> masked(line, What.SET_OF_ANSWER))
                                                .toList()));
    }

    private static Seen ofRequest(Seen direct) {
        Set<String> named = named(direct);
        List<String> kept = new ArrayList<>();
        if (!direct.has("Host")) {
            kept.add("Host:*");
        }
        for (String line : direct.lines()) {
            String name = Seen.name(line);
            if (name.equals("host")) {
                kept.add(masked(line, What.SET));
            } else if (!is(name, What.SET) && !is(name, What.DROPPED) && !named.contains(name)) {
                kept.add(line);
            }
        }
        LIST.stream()
                .filter(one -> one.what == What.SET && !one.name.equals("Host"))
                .filter(one -> direct.has("Host") || !one.name.equals("X-Forwarded-Host"))
                .forEach(one -> kept.add(one.name + ":*"));
        boolean trailers = direct.values("TE").stream().anyMatch(te -> te.contains("trailers"));
        if (trailers && direct.start().endsWith("HTTP/1.1")) {
            kept.add("TE:trailers");
        }
        if (switches(direct)) {
            direct.values("Upgrade").forEach(value -> kept.add("Upgrade:" + value));
        }
        return direct.with(lines -> kept).withStart(originForm(direct.start()));
    }

    /** Whether it asks for another protocol, and not only for this connection, as h2c does. */
    private static boolean switches(Seen request) {
        return request.start().endsWith("HTTP/1.1")
                && request.has("Upgrade")
                && !request.values("Upgrade").contains("h2c");
    }

    /** A hop has its own version, and a server is asked in origin form (RFC 9112, 3.2.1). */
    private static String originForm(String start) {
        return start.replaceFirst("(?i) http://[^/]*/", " /").replaceFirst("HTTP/1.0$", "HTTP/1.1");
    }

    private static Seen ofInterim(Seen direct) {
        Set<String> named = named(direct);
        return direct.without(name ->
                is(name, What.DROPPED_OF_ANSWER)
                        || named.contains(name)
                        || name.equals("content-length")); // RFC 9110, section 8.6
    }

    private static Seen ofAnswer(Seen direct) {
        boolean noLength = direct.status() == 204; // RFC 9110, section 8.6
        Set<String> named = named(direct);
        Seen kept =
                direct.without(name ->
                                is(name, What.DROPPED_OF_ANSWER)
                                        || named.contains(name)
                                        || (noLength && name.equals("content-length")))
                        .with(lines ->
                                lines.stream()
                                        .map(line -> masked(line, What.SET_OF_ANSWER))
                                        .toList());
        Seen all = kept.has("X-Request-Id") ? kept : kept.plus(List.of("X-Request-Id:*"));
        boolean upgrade = direct.status() == 101 || direct.status() == 426;
        Seen whole =
                upgrade
                        ? all.plus(
                                direct.values("Upgrade").stream().map("Upgrade:"::concat).toList())
                        : all;
        return whole.withStart(direct.start().replaceFirst("HTTP/1.0", "HTTP/1.1"));
    }

    /** What Connection names belongs to the connection, too (RFC 9110, section 7.6.1). */
    private static Set<String> named(Seen seen) {
        return Set.copyOf(
                seen.values("Connection").stream()
                        .flatMap(value -> Stream.of(value.split(",", -1)))
                        .map(name -> name.strip().toLowerCase(Locale.ROOT))
                        .toList());
    }

    private static Seen withoutConnection(Seen seen) {
        return seen.without(OF_A_CONNECTION::contains);
    }

    private static String masked(String line, What what) {
        return is(Seen.name(line), what) ? line.substring(0, line.indexOf(':')) + ":*" : line;
    }
}
