package io.cloudtunnel.it;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A request of HTTP/1.1 as a client says it in HTTP/2 (RFC 9113, 8.2 and 8.3): without what is
 * about a connection of HTTP/1.1, and with names in lower case. One character for each byte.
 *
 * @param fields names and values by turns
 * @param body null where there is none
 */
record Http2Message(
        String method, String target, List<String> fields, String body, List<String> trailers) {

    private static final Set<String> OF_A_CONNECTION =
            Set.of(
                    "connection",
                    "keep-alive",
                    "proxy-connection",
                    "transfer-encoding",
                    "upgrade",
                    "http2-settings",
                    "te",
                    "host"); // is the authority

    /** Whether no message of HTTP/2 may have a field of this name, but for {@code te}. */
    static boolean isOfAConnection(String name) {
        return OF_A_CONNECTION.contains(name);
    }

    /** The requests of a text, one behind the other. */
    static List<Http2Message> parse(String text) {
        List<Http2Message> all = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf("\r\n\r\n", at);
            String[] head = text.substring(at, end).split("\r\n", -1);
            List<String> lines = List.of(head).subList(1, head.length);
            Body body = Body.parse(text, end + 4, lines);
            String[] start = head[0].split(" ", -1);
            all.add(
                    new Http2Message(
                            start[0],
                            start[1],
                            fields(lines),
                            body.text(),
                            fields(body.trailers())));
            at = body.end();
        }
        return all;
    }

    private static List<String> values(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> Seen.name(line).equals(name))
                .flatMap(line -> Stream.of(line.substring(line.indexOf(':') + 1).split(",", -1)))
                .map(String::strip)
                .toList();
    }

    private static List<String> fields(List<String> lines) {
        List<String> named =
                values(lines, "connection").stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toList();
        List<String> fields = new ArrayList<>();
        for (String line : lines) {
            String name = Seen.name(line);
            if (!OF_A_CONNECTION.contains(name) && !named.contains(name)) {
                fields.add(name);
                fields.add(line.substring(line.indexOf(':') + 1).strip());
            }
        }
        if (values(lines, "te").contains("trailers")) {
            fields.addAll(List.of("te", "trailers"));
        }
        return fields;
    }

    byte[] bytes() {
        return body.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Of a message, and where the next one begins. */
    private record Body(String text, List<String> trailers, int end) {

        static Body parse(String text, int begin, List<String> lines) {
            if (values(lines, "transfer-encoding").contains("chunked")) {
                return chunked(text, begin);
            }
            List<String> lengths = values(lines, "content-length");
            int length = lengths.isEmpty() ? 0 : Integer.parseInt(lengths.getFirst());
            String body = text.substring(begin, begin + length);
            return new Body(length == 0 ? null : body, List.of(), begin + length);
        }

        private static Body chunked(String text, int begin) {
            StringBuilder body = new StringBuilder();
            int at = begin;
            int size = -1;
            while (size != 0) {
                int end = text.indexOf("\r\n", at);
                size = Integer.parseInt(text.substring(at, end).split(";", -1)[0].strip(), 16);
                at = end + 2;
                if (size > 0) {
                    body.append(text, at, at + size);
                    at += size + 2;
                }
            }
            List<String> trailers = new ArrayList<>();
            int end = text.indexOf("\r\n", at);
            while (end > at) {
                trailers.add(text.substring(at, end));
                at = end + 2;
                end = text.indexOf("\r\n", at);
            }
            return new Body(body.toString(), trailers, at + 2);
        }
    }
}
