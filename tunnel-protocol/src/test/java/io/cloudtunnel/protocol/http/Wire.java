package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;

/** Streams that deliver and record in chosen splits. */
final class Wire {

    private Wire() {}

    static HttpInput input(String text) {
        return new HttpInput(stream(text), HttpLimits.DEFAULT);
    }

    static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The same input delivered whole, byte by byte, and in seeded splits. */
    static List<HttpInput> inputs(String text) {
        List<HttpInput> inputs = new ArrayList<>();
        inputs.add(input(text));
        inputs.add(new HttpInput(split(text, () -> 1), HttpLimits.DEFAULT));
        for (int seed = 0; seed < 4; seed++) {
            Random random = new Random(seed);
            inputs.add(new HttpInput(split(text, () -> 1 + random.nextInt(9)), HttpLimits.DEFAULT));
        }
        return inputs;
    }

    static InputStream split(String text, IntSupplier sizes) {
        InputStream whole = stream(text);
        return new InputStream() {
            @Override
            public int read() throws IOException {
                return whole.read();
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return whole.read(target, offset, Math.min(length, sizes.getAsInt()));
            }
        };
    }

    /** All that is left of a body, as characters. */
    static String drain(BodyReader body) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Bytes piece = body.read(); piece != null; piece = body.read()) {
            if (piece.isEmpty()) {
                throw new AssertionError("an empty piece");
            }
            text.append(piece.latin1());
        }
        if (!body.ended() || body.read() != null) {
            throw new AssertionError("an end that does not last");
        }
        return text.toString();
    }

    /** Records the size of each write. */
    static final class Recorder extends ByteArrayOutputStream {
        final List<Integer> writes = new ArrayList<>();

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            writes.add(length);
            super.write(bytes, offset, length);
        }

        String text() {
            return toString(StandardCharsets.ISO_8859_1);
        }
    }
}
