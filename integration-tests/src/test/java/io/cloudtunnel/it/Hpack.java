package io.cloudtunnel.it;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.http2.Http2HuffmanDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** Reads the field blocks of one connection (RFC 7541), in the order in which fields come. */
final class Hpack {

    /** Appendix A, from 1; what follows a colon behind the first character is the value. */
    private static final List<String> STATIC =
            Stream.of(
                            """
                            :authority: :method:GET :method:POST :path:/ :path:/index.html \
                            :scheme:http :scheme:https :status:200 :status:204 :status:206 \
                            :status:304 :status:400 :status:404 :status:500 accept-charset: \
                            accept-encoding:gzip,_deflate accept-language: accept-ranges: \
                            accept: access-control-allow-origin: age: allow: authorization: \
                            cache-control: content-disposition: content-encoding: \
                            content-language: content-length: content-location: \
                            content-range: content-type: cookie: date: etag: expect: expires: \
                            from: host: if-match: if-modified-since: if-none-match: if-range: \
                            if-unmodified-since: last-modified: link: location: max-forwards: \
                            proxy-authenticate: proxy-authorization: range: referer: refresh: \
                            retry-after: server: set-cookie: strict-transport-security: \
                            transfer-encoding: user-agent: vary: via: www-authenticate:\
                            """
                                    .split(" ", -1))
                    .map(line -> line.replace('_', ' '))
                    .toList();

    private static final int MOST_BYTES = 4096;

    private final Http2HuffmanDecoder huffman = Http2HuffmanDecoder.create();
    private final Deque<String> dynamic = new ArrayDeque<>(); // the newest first
    private int bytes;

    /** The fields of a block, each as {@code name:value}, one character for each byte. */
    List<String> read(byte[] block) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(block);
        List<String> lines = new ArrayList<>();
        while (in.hasRemaining()) {
            int first = in.get(in.position()) & 0xFF;
            if (first >= 0x80) {
                lines.add(at(integer(in, 7)));
            } else if (first >= 0x40) {
                String line = literal(in, 6);
                lines.add(line);
                add(line);
            } else if (first >= 0x20) {
                integer(in, 5); // the table's new size, which is no larger than the first one
            } else {
                lines.add(literal(in, 4));
            }
        }
        return lines;
    }

    private String literal(ByteBuffer in, int prefix) throws IOException {
        int place = integer(in, prefix);
        String name = place == 0 ? text(in) : name(at(place));
        return name + ":" + text(in);
    }

    private static String name(String line) {
        return line.substring(0, line.indexOf(':', 1));
    }

    private String at(int place) throws IOException {
        if (place <= STATIC.size()) {
            return STATIC.get(place - 1);
        }
        return dynamic.stream()
                .skip(place - STATIC.size() - 1L)
                .findFirst()
                .orElseThrow(() -> new IOException("no entry " + place));
    }

    private void add(String line) {
        dynamic.addFirst(line);
        bytes += size(line);
        while (bytes > MOST_BYTES) {
            bytes -= size(dynamic.removeLast());
        }
    }

    private static int size(String line) {
        return line.length() - 1 + 32; // section 4.1
    }

    private String text(ByteBuffer in) {
        boolean packed = (in.get(in.position()) & 0x80) != 0;
        byte[] text = new byte[integer(in, 7)];
        in.get(text);
        return packed
                ? huffman.decodeString(BufferData.create(text), text.length)
                : new String(text, StandardCharsets.ISO_8859_1);
    }

    private static int integer(ByteBuffer in, int prefix) {
        int most = (1 << prefix) - 1;
        int value = in.get() & most;
        if (value == most) {
            int shift = 0;
            int next = 0x80;
            while ((next & 0x80) != 0) {
                next = in.get();
                value += (next & 0x7F) << shift;
                shift += 7;
            }
        }
        return value;
    }
}
