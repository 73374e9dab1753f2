package io.cloudtunnel.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A message as one end saw it, one character for each byte.
 *
 * @param start the start line
 * @param lines the field lines, without the blanks around values, which are no part of them (RFC
 *     9112, section 5)
 * @param framing as {@link Wire.Head#framing} says
 * @param trailers the trailer field lines
 */
record Seen(String start, List<String> lines, String framing, String body, List<String> trailers) {

    /** Reads the rest of a message whose head has come. */
    static Seen read(Wire wire, Wire.Head head, boolean answer) throws IOException {
        String body = new String(wire.body(head, answer).readAllBytes(), ISO_8859_1);
        return of(head, body, head.framing().equals("chunked") ? wire.trailers() : List.of());
    }

    static Seen of(Wire.Head head, String body, List<String> trailers) {
        return new Seen(head.start(), bare(head.lines()), head.framing(), body, bare(trailers));
    }

    private static List<String> bare(List<String> lines) {
        return lines.stream()
                .map(line -> {
                    int colon = line.indexOf(':');
                    return line.substring(0, colon + 1) + line.substring(colon + 1).strip();
                })
                .toList();
    }

    /** The name of a field line, in lower case. */
    static String name(String line) {
        return line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
    }

    boolean has(String name) {
        return lines.stream().anyMatch(line -> name(line).equals(name.toLowerCase(Locale.ROOT)));
    }

    /** All values of a field. */
    List<String> values(String name) {
        return lines.stream()
                .filter(line -> name(line).equals(name.toLowerCase(Locale.ROOT)))
                .map(line -> line.substring(line.indexOf(':') + 1))
                .toList();
    }

    /** Of an answer. */
    int status() {
        return Integer.parseInt(start.split(" ", -1)[1]);
    }

    /** Of an answer: whether another one follows for the same request. */
    boolean isInterim() {
        return status() / 100 == 1 && status() != 101;
    }

    Seen withStart(String other) {
        return new Seen(other, lines, framing, body, trailers);
    }

    Seen with(Function<List<String>, List<String>> change) {
        return new Seen(start, change.apply(lines), framing, body, trailers);
    }

    /** Without lines of certain names, given in lower case. */
    Seen without(Predicate<String> names) {
        return with(all -> all.stream().filter(line -> !names.test(name(line))).toList());
    }

    Seen plus(List<String> more) {
        return with(all -> {
            List<String> sum = new ArrayList<>(all);
            sum.addAll(more);
            return sum;
        });
    }

    Seen withFraming(String other) {
        return new Seen(start, lines, other, body, trailers);
    }

    Seen withoutTrailers() {
        return new Seen(start, lines, framing, body, List.of());
    }
}
