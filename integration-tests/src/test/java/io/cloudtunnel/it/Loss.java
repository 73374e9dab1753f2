package io.cloudtunnel.it;

import io.cloudtunnel.protocol.frame.StandardPhrase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a way cannot carry of an exchange, and what comes out instead: docs/http.md, "What JSON mode
 * cannot carry". A case that has one declares it.
 */
enum Loss {
    /** There is no place for 1xx. */
    INTERIM {
        @Override
        Exchanged in(Exchanged all) {
            return new Exchanged(
                    all.requests(),
                    all.answers().stream().filter(answer -> !answer.isInterim()).toList());
        }
    },
    /** There is no place for trailers, so none are announced. */
    TRAILERS {
        @Override
        Exchanged in(Exchanged all) {
            return all.requests(Loss::withoutTrailers).answers(Loss::withoutTrailers);
        }
    },
    /** The reason is the standard one. */
    REASON {
        @Override
        Exchanged in(Exchanged all) {
            return all.answers(answer ->
                    answer.withStart(
                            "HTTP/1.1 "
                                    + answer.status()
                                    + " "
                                    + StandardPhrase.of(answer.status())));
        }
    },
    /** Lines of one name stand together, where the first one was, in its spelling. */
    ORDER {
        @Override
        Exchanged in(Exchanged all) {
            return all.requests(seen -> seen.with(Loss::grouped))
                    .answers(seen -> seen.with(Loss::grouped));
        }
    },
    /** A question mark with nothing behind it. */
    QUESTION_MARK {
        @Override
        Exchanged in(Exchanged all) {
            return all.requests(request -> request.withStart(request.start().replace("? ", " ")));
        }
    },
    /** The server itself asks for the body, and the local service is not told of it. */
    EXPECT {
        @Override
        Exchanged in(Exchanged all) {
            Seen goOn = new Seen("HTTP/1.1 100 Continue", List.of(), "none", "", List.of());
            return new Exchanged(
                    all.requests().stream()
                            .map(request -> request.without(name -> name.equals("expect")))
                            .toList(),
                    Stream.concat(
                                    Stream.of(goOn),
                                    all.answers().stream().filter(answer -> !answer.isInterim()))
                            .toList());
        }
    },
    /** The server itself asks for the body; what the local service says of it is lost. */
    OWN_CONTINUE {
        @Override
        Exchanged in(Exchanged all) {
            Seen goOn = new Seen("HTTP/1.1 100 ", List.of(), "none", "", List.of());
            Stream<Seen> finals = all.answers().stream().filter(answer -> !answer.isInterim());
            return new Exchanged(all.requests(), Stream.concat(Stream.of(goOn), finals).toList());
        }
    },
    /** The protocols that a 426 names. */
    UPGRADE {
        @Override
        Exchanged in(Exchanged all) {
            return all.answers(answer -> answer.without(name -> name.equals("upgrade")));
        }
    },
    /** Trailers of a request. */
    REQUEST_TRAILERS {
        @Override
        Exchanged in(Exchanged all) {
            return all.requests(Seen::withoutTrailers);
        }
    },
    /** The method is in upper case. */
    METHOD_CASE {
        @Override
        Exchanged in(Exchanged all) {
            return all.requests(request -> {
                String[] start = request.start().split(" ", 2);
                return request.withStart(start[0].toUpperCase(Locale.ROOT) + " " + start[1]);
            });
        }
    },
    /** Bytes beyond ASCII in fields. */
    BEYOND_ASCII {
        @Override
        Exchanged in(Exchanged all) {
            return all.answers(seen ->
                    new Seen(
                            seen.start(),
                            seen.lines().stream().map(Loss::inAscii).toList(),
                            seen.framing(),
                            seen.body(),
                            seen.trailers().stream().map(Loss::inAscii).toList()));
        }
    },
    /** Cookies in one line (RFC 9113, section 8.2.3). */
    ONE_COOKIE {
        @Override
        Exchanged in(Exchanged all) {
            return all.requests(request -> {
                String joined = "Cookie:" + String.join("; ", request.values("Cookie"));
                return request.without(name -> name.equals("cookie")).plus(List.of(joined));
            });
        }
    },
    /** The whole body is known before it goes on, so its length is stated. */
    LENGTH {
        @Override
        Exchanged in(Exchanged all) {
            return all.requests(seen -> seen.framing().equals("chunked") ? stated(seen) : seen)
                    .answers(seen -> hasLength(seen) || seen.isInterim() ? seen : stated(seen));
        }
    },
    /** Chunked instead of until the connection's end, which is then kept. */
    CHUNKED {
        @Override
        Exchanged in(Exchanged all) {
            return all.answers(seen ->
                    seen.framing().equals("none") && !seen.isInterim()
                            ? seen.withFraming("chunked")
                            : seen);
        }
    },
    /** Until the connection's end instead of chunked, which HTTP/1.0 does not know. */
    UNTIL_CLOSE {
        @Override
        Exchanged in(Exchanged all) {
            return all.answers(seen ->
                    seen.framing().equals("chunked")
                            ? seen.withFraming("none").withoutTrailers()
                            : seen);
        }
    };

    /** What comes out instead of this. */
    abstract Exchanged in(Exchanged all);

    private static String inAscii(String text) {
        return text.replaceAll("[^\\x00-\\x7f]", "?");
    }

    private static Seen withoutTrailers(Seen seen) {
        return seen.withoutTrailers().without(name -> name.equals("trailer") || name.equals("te"));
    }

    private static boolean hasLength(Seen seen) {
        return !seen.framing().equals("chunked") && !seen.framing().equals("none");
    }

    private static Seen stated(Seen seen) {
        String length = Integer.toString(seen.body().length());
        return seen.withFraming(length).plus(List.of("Content-Length:" + length));
    }

    private static List<String> grouped(List<String> lines) {
        Map<String, List<String>> byName = new LinkedHashMap<>();
        for (String line : lines) {
            byName.computeIfAbsent(Seen.name(line), name -> new ArrayList<>()).add(line);
        }
        List<String> all = new ArrayList<>();
        for (List<String> group : byName.values()) {
            String first = group.getFirst();
            String name = first.substring(0, first.indexOf(':'));
            group.forEach(line -> all.add(name + line.substring(line.indexOf(':'))));
        }
        return all;
    }
}
