package io.cloudtunnel.protocol.ws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;

/** What thousands of idle links hold. */
class IdleBufferTest {

    private static final long SECOND = 1_000_000_000;

    private long now;

    /** Gives pieces of these sizes, each after a time. */
    private final class Arriving extends InputStream {
        private final ArrayDeque<long[]> pieces = new ArrayDeque<>();

        Arriving then(long waitNanos, int bytes) {
            pieces.add(new long[] {waitNanos, bytes});
            return this;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] target, int offset, int count) {
            long[] next = pieces.getFirst();
            now += next[0];
            next[0] = 0;
            int given = (int) Math.min(count, next[1]);
            next[1] -= given;
            if (next[1] == 0) {
                pieces.removeFirst();
            }
            return given;
        }
    }

    private static void take(WsInput input, int bytes) throws IOException {
        byte[] target = new byte[1000];
        for (int left = bytes; left > 0; ) {
            left -= input.read(target, 0, Math.min(left, target.length));
        }
    }

    @Test
    void theReaderHoldsLittleUntilMuchComesAndAgainAfterASecondOfNothing() throws Exception {
        Arriving arriving =
                new Arriving()
                        .then(0, 10)
                        .then(2 * SECOND, 10)
                        .then(9 * SECOND, 5000)
                        .then(0, 10)
                        .then(2 * SECOND, 10)
                        .then(2 * SECOND, 10);
        WsInput input = new WsInput(arriving, () -> now);
        take(input, 10);
        assertEquals(WsInput.IDLE_BUFFER_BYTES, input.bufferBytes());
        take(input, 10);
        assertEquals(WsInput.IDLE_BUFFER_BYTES, input.bufferBytes());
        take(input, 5000);
        take(input, 10);
        assertEquals(WsInput.BUFFER_BYTES, input.bufferBytes());
        take(input, 10);
        assertEquals(WsInput.IDLE_BUFFER_BYTES, input.bufferBytes());
        take(input, 10);
        assertEquals(5050, input.received());
    }

    @Test
    void theWriterHoldsLittleUntilMuchGoesAndAgainAfterASecondOfLittle() throws Exception {
        WsOutput output = new WsOutput(OutputStream.nullOutputStream(), () -> now);
        now = 5 * SECOND;
        output.plain(Bytes.utf8("ping"));
        output.flush();
        assertEquals(WsOutput.IDLE_BUFFER_BYTES, output.bufferBytes());
        output.plain(Bytes.utf8("x".repeat(5000)));
        output.flush();
        now += SECOND / 2;
        output.plain(Bytes.utf8("ping"));
        output.flush();
        assertTrue(output.bufferBytes() >= 5000, "more may come");
        now += SECOND;
        output.plain(Bytes.utf8("ping"));
        output.flush();
        assertEquals(WsOutput.IDLE_BUFFER_BYTES, output.bufferBytes());
    }
}
