package io.cloudtunnel.protocol.ws;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** Bytes as they stand on the wire, for the tests of both directions. */
final class Wire {

    static final int LIMIT = 1 << 20;

    private Wire() {}

    /** The bytes of hexadecimal digits; blanks do not count. */
    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** A frame without mask, from its first byte and its payload. */
    static byte[] frame(int first, byte[] payload) {
        byte[] head =
                payload.length < 126
                        ? hex("%02x%02x".formatted(first, payload.length))
                        : payload.length < 65536
                                ? hex("%02x7e%04x".formatted(first, payload.length))
                                : hex("%02x7f%016x".formatted(first, payload.length));
        return join(head, payload);
    }

    /** A reader of unmasked frames. */
    static WsReader client(byte[]... frames) {
        return new WsReader(new ByteArrayInputStream(join(frames)), Role.CLIENT, LIMIT);
    }

    /** A reader of masked frames. */
    static WsReader server(byte[]... frames) {
        return new WsReader(new ByteArrayInputStream(join(frames)), Role.SERVER, LIMIT);
    }

    /** All events but the last, which must be the end. */
    static List<WsEvent> all(WsReader reader) throws IOException {
        List<WsEvent> events = new ArrayList<>();
        for (WsEvent e = reader.next(); !(e instanceof WsEvent.End); e = reader.next()) {
            events.add(e);
        }
        return events;
    }

    static WsEvent text(String text) {
        return new WsEvent.Text(Bytes.utf8(text));
    }

    /** An input that gives at most so many bytes at a time, and counts the reads. */
    static final class Dripping extends InputStream {
        private final ByteArrayInputStream source;
        private final int most;
        int reads;

        Dripping(byte[] bytes, int most) {
            this.source = new ByteArrayInputStream(bytes);
            this.most = most;
        }

        @Override
        public int read() {
            throw new AssertionError("a byte at a time is too slow");
        }

        @Override
        public int read(byte[] target, int offset, int count) {
            reads++;
            return source.read(target, offset, Math.min(most, count));
        }
    }
}
