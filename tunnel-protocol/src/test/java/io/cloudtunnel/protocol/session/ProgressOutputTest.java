package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProgressOutputTest {

    private static final long SECOND = 1_000_000_000;

    @Test
    void eachPieceOfALargeWriteCountsForItself() throws IOException {
        List<Long> clocks = new ArrayList<>();
        List<Long> stuck = new ArrayList<>();
        List<Long> written = new ArrayList<>();
        OutputStream slow =
                new OutputStream() {
                    @Override
                    public void write(int b) {}

                    @Override
                    public void write(byte[] bytes, int offset, int length) {
                        long first = System.nanoTime();
                        while (System.nanoTime() - first < 100_000) {
                            Thread.onSpinWait(); // so long that clocks differ
                        }
                        clocks.add(System.nanoTime());
                    }
                };
        ProgressOutput[] holder = new ProgressOutput[1];
        OutputStream asking =
                new OutputStream() {
                    @Override
                    public void write(int b) {}

                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        if (!clocks.isEmpty()) {
                            stuck.add(holder[0].stuckNanos(clocks.getLast()));
                        }
                        written.add(holder[0].bytesWritten());
                        slow.write(bytes, offset, length);
                    }
                };
        holder[0] = new ProgressOutput(asking);
        int three = 3 * ProgressOutput.PIECE_BYTES;
        holder[0].write(new byte[three], 0, three);
        assertEquals(List.of(0L, 0L), stuck);
        int piece = ProgressOutput.PIECE_BYTES;
        assertEquals(List.of(0L, 1L * piece, 2L * piece), written);
        assertEquals(three, holder[0].bytesWritten());
    }

    @Test
    void aStuckWriteOrFlushIsSeenAndAnEndedOneIsNot() throws IOException {
        List<Long> stuck = new ArrayList<>();
        ProgressOutput[] holder = new ProgressOutput[1];
        OutputStream asking =
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        stuck.add(holder[0].stuckNanos(System.nanoTime() + SECOND));
                    }

                    @Override
                    public void flush() throws IOException {
                        write(0);
                        throw new IOException("broken");
                    }
                };
        ProgressOutput output = new ProgressOutput(asking);
        holder[0] = output;
        assertTrue(output.stuckNanos(System.nanoTime() + SECOND) < 0);
        output.write(1);
        assertTrue(output.stuckNanos(System.nanoTime() + SECOND) < 0);
        assertThrows(IOException.class, output::flush);
        assertTrue(output.stuckNanos(System.nanoTime() + SECOND) < 0);
        assertEquals(2, stuck.size());
        assertTrue(stuck.stream().allMatch(nanos -> nanos >= SECOND / 2), stuck::toString);
    }

    @Test
    void bytesPassAsTheyAre() throws IOException {
        byte[] bytes = new byte[3 * ProgressOutput.PIECE_BYTES + 7];
        new Random(1).nextBytes(bytes);
        var target = new ByteArrayOutputStream();
        new ProgressOutput(target).write(bytes, 5, bytes.length - 6);
        byte[] expected = java.util.Arrays.copyOfRange(bytes, 5, bytes.length - 1);
        assertArrayEquals(expected, target.toByteArray());
    }
}
