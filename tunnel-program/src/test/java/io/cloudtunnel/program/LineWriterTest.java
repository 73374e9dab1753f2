package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines leave in order, and an output that takes nothing stops nobody for long. */
@Timeout(60)
class LineWriterTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    /** An output that takes one write for each permit. */
    private static final class Gate extends OutputStream {

        final Semaphore permits = new Semaphore(0);
        final CountDownLatch entered = new CountDownLatch(1);
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private int writes;

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            entered.countDown();
            permits.acquireUninterruptibly();
            synchronized (this) {
                writes++;
                taken.write(bytes, offset, length);
            }
        }

        synchronized int writes() {
            return writes;
        }

        synchronized List<String> lines() {
            return taken.toString(StandardCharsets.UTF_8).lines().toList();
        }
    }

    private final Gate gate = new Gate();

    private static byte[] line(String text) {
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private LineWriter writer() {
        return writer(LineHandler.PATIENCE);
    }

    private LineWriter writer(Duration patience) {
        return new LineWriter(new PrintStream(gate, true), patience, n -> line(n + " dropped"));
    }

    private void open() {
        gate.permits.release(Integer.MAX_VALUE / 2);
    }

    @Test
    void theLinesOfEachThreadKeepTheirOrder() throws Exception {
        open();
        int lines = 20_000; // several buffers
        try (LineWriter writer = writer(LONG)) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                String name = "thread" + t + " ";
                threads.add(
                        Thread.startVirtualThread(() -> {
                            for (int i = 0; i < lines; i++) {
                                writer.append(line(name + i), i % 100 == 0);
                            }
                        }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            writer.flush(LONG);
        }
        int[] next = new int[8];
        for (String line : gate.lines()) {
            int thread = line.charAt(6) - '0';
            assertEquals("thread" + thread + " " + next[thread]++, line);
        }
        for (int count : next) {
            assertEquals(lines, count);
        }
        assertTrue(gate.writes() < 8 * lines / 10, "gathered: " + gate.writes());
    }

    @Test
    void whileOneWriteGoesOnLinesAreGatheredForTheNext() throws Exception {
        try (LineWriter writer = writer()) {
            writer.append(line("first"), false);
            assertTrue(gate.entered.await(30, TimeUnit.SECONDS), "a lone line waits for nothing");
            for (int i = 0; i < 100; i++) {
                writer.append(line("later " + i), true);
            }
            gate.permits.release(2);
            writer.flush(LONG);
            assertEquals(2, gate.writes());
            assertEquals(101, gate.lines().size());
        }
    }

    @Test
    void anOutputThatTakesNothingStopsNobodyAndCostsNoMoreThanItsBuffers() throws Exception {
        byte[] line = line("x".repeat(1023));
        int fit = LineWriter.CAPACITY / line.length;
        int given = fit + 200;
        long began = System.nanoTime();
        try (LineWriter writer = writer()) {
            writer.append(line("first"), false);
            assertTrue(gate.entered.await(30, TimeUnit.SECONDS));
            for (int i = 0; i < given; i++) {
                writer.append(line, false);
            }
            assertNotEachWaited(began);
            open();
            writer.flush(LONG);
            writer.append(line("last"), false);
            writer.flush(LONG);
        }
        List<String> lines = gate.lines();
        assertEquals("first", lines.getFirst());
        assertEquals(given - fit + " dropped", lines.get(fit + 1));
        assertEquals("last", lines.getLast());
        assertEquals(fit + 3, lines.size());
    }

    /** The first line waits; 200 that waited would take 50 s. */
    private static void assertNotEachWaited(long began) {
        long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
        assertTrue(seconds < 25, () -> "took " + seconds + " s");
    }

    @Test
    void aLineThatWaitsForRoomIsTakenWhenThereIsSome() throws Exception {
        byte[] half = line("x".repeat(LineWriter.CAPACITY / 2 - 1));
        try (LineWriter writer = writer(LONG)) {
            writer.append(line("first"), false);
            assertTrue(gate.entered.await(30, TimeUnit.SECONDS));
            writer.append(half, false);
            writer.append(half, false);
            Thread waits = new Thread(() -> writer.append(line("late"), false));
            waits.start();
            while (waits.isAlive() && waits.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            open();
            waits.join();
            writer.flush(LONG);
            assertEquals("late", gate.lines().getLast());
        }
    }

    @Test
    void tooLongALineIsDroppedAndCounted() {
        open();
        try (LineWriter writer = writer()) {
            writer.append(new byte[LineWriter.CAPACITY + 1], false);
            writer.append(line("next"), false);
            writer.flush(LONG);
            writer.append(line("last"), false);
            writer.flush(LONG);
        }
        assertEquals(List.of("next", "1 dropped", "last"), gate.lines());
    }

    @Test
    void writeThroughReturnsWhenTheLineHasBeenWritten() {
        open();
        try (LineWriter writer = writer()) {
            writer.append(line("before"), false);
            writer.writeThrough(LONG);
            assertEquals(List.of("before"), gate.lines());
            for (int i = 0; i < 100; i++) {
                writer.append(line("after " + i), false);
                assertEquals("after " + i, gate.lines().getLast());
            }
        }
    }

    @Test
    void atTheEndABlockedOutputIsNotWaitedForTwice() throws Exception {
        try (LineWriter writer = writer()) {
            writer.append(line("first"), false);
            assertTrue(gate.entered.await(30, TimeUnit.SECONDS));
            writer.writeThrough(Duration.ofMillis(1));
            long began = System.nanoTime();
            for (int i = 0; i < 200; i++) {
                writer.append(line("later"), true);
            }
            assertNotEachWaited(began);
            open();
        }
    }

    @Test
    void anInterruptedThreadLosesNoLine() {
        open();
        try (LineWriter writer = writer()) {
            Thread.currentThread().interrupt();
            writer.append(line("x"), false);
            writer.flush(LONG);
            assertTrue(Thread.interrupted());
            assertEquals(List.of("x"), gate.lines());
        }
    }

    @Test
    void nothingIsTakenAfterTheEnd() {
        open();
        LineWriter writer = writer();
        writer.append(line("x"), false);
        writer.close();
        writer.append(line("y"), false);
        writer.flush(LONG);
        assertEquals(List.of("x"), gate.lines());
        assertFalse(gate.lines().contains("y"));
    }
}
