package io.cloudtunnel.it;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What every exchange loses where the client speaks HTTP/2 (docs/http2.md): the case of names and
 * the order of fields of different names, both ways; of an answer the reason and its own framing.
 */
final class Http2View {

    private Http2View() {}

    static Seen ofRequest(Seen seen) {
        return new Seen(
                seen.start(),
                unordered(seen.lines()),
                seen.framing(),
                seen.body(),
                unordered(seen.trailers()));
    }

    static Seen ofAnswer(Seen seen) {
        return new Seen(
                "HTTP/2 " + seen.status(),
                unordered(seen.lines()),
                "",
                seen.body(),
                unordered(seen.trailers()));
    }

    /** An answer without what the server adds to one that has it not. */
    static Seen withoutAdditions(Seen got, Seen expected) {
        String length = Integer.toString(got.body().length());
        return got.without(name ->
                !expected.has(name)
                        && (name.equals("date")
                                || (name.equals("content-length")
                                        && got.values(name).equals(List.of(length)))));
    }

    private static List<String> unordered(List<String> lines) {
        List<String> all = new ArrayList<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            all.add(line.substring(0, colon).toLowerCase(Locale.ROOT) + line.substring(colon));
        }
        all.sort(Comparator.comparing(Seen::name));
        return all;
    }
}
