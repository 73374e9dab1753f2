package io.cloudtunnel.protocol.ws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many calls the output sees: each is a system call, and perhaps a segment. */
class WsWriterGatherTest {

    private static final int CHUNK = 64 * 1024;

    private final Counting out = new Counting();

    @ParameterizedTest
    @EnumSource
    void aSmallFrameIsOneWrite(Role role) throws IOException {
        WsWriter writer = new WsWriter(out, role);
        for (int length : new int[] {0, 1, 125, 126, 4090, 5000, 16383}) {
            out.writes.clear();
            writer.binary(zeros(length / 2), zeros(length - length / 2));
            assertEquals(1, out.writes.size(), "length " + length);
        }
    }

    @Test
    void aMaskedChunkWithWhatSurroundsItIsOneWrite() throws IOException {
        new WsWriter(out, Role.CLIENT).binary(zeros(100), zeros(CHUNK));
        assertEquals(List.of(14 + 100 + CHUNK), out.writes);
    }

    @Test
    void aLargeMaskedMessageLeavesInFullBuffers() throws IOException {
        new WsWriter(out, Role.CLIENT).binary(zeros(3 * WsOutput.BUFFER_BYTES));
        int full = WsOutput.BUFFER_BYTES;
        assertEquals(List.of(full, full, full, 14), out.writes);
    }

    @Test
    void aLargePlainMessageIsNotCopied() throws IOException {
        byte[] payload = new byte[10 * CHUNK];
        new WsWriter(out, Role.SERVER).binary(zeros(20), Bytes.wrap(payload));
        int start = WsOutput.DIRECT_START_BYTES;
        int copied = start - 10 - 20;
        assertEquals(List.of(start, payload.length - copied), out.writes);
        assertSame(payload, out.lastArray);
    }

    @ParameterizedTest
    @EnumSource
    void appendedMessagesLeaveTogether(Role role) throws IOException {
        WsWriter writer = new WsWriter(out, role);
        for (int i = 0; i < 10; i++) {
            writer.appendBinary(zeros(1000));
            writer.appendText(zeros(10), zeros(20));
            writer.appendPing(zeros(1));
            writer.appendPong(zeros(2));
        }
        assertEquals(List.of(), out.writes);
        writer.flush();
        assertEquals(1, out.writes.size());
        assertEquals(1, out.flushes);
        writer.flush();
        assertEquals(1, out.writes.size(), "nothing is left");
    }

    @Test
    void onlyAFullBufferLeavesBeforeTheFlush() throws IOException {
        WsWriter writer = new WsWriter(out, Role.CLIENT);
        int bytes = 0;
        for (int i = 0; i < 200; i++) {
            writer.appendBinary(zeros(1000));
            bytes += 8 + 1000;
        }
        int sent = out.writes.stream().mapToInt(Integer::intValue).sum();
        assertEquals(bytes / WsOutput.BUFFER_BYTES, out.writes.size());
        for (int length : out.writes) {
            assertTrue(length > WsOutput.BUFFER_BYTES - FrameHeader.MAX_BYTES, "full: " + length);
        }
        writer.flush();
        assertEquals(bytes - sent, out.writes.getLast());
    }

    @Test
    void aPlainPayloadDoesNotOvertakeWhatWasAppended() throws IOException {
        WsWriter writer = new WsWriter(out, Role.SERVER);
        writer.appendBinary(zeros(5000));
        writer.appendBinary(zeros(CHUNK));
        writer.appendPing(zeros(1));
        writer.flush();
        assertEquals(List.of(4 + 5000 + 10, CHUNK, 3), out.writes);
    }

    @ParameterizedTest
    @EnumSource
    void nothingFollowsAFrameThatWasCut(Role role) throws IOException {
        WsWriter writer = new WsWriter(out, role);
        out.failing = true;
        assertThrows(IOException.class, () -> writer.binary(zeros(10 * CHUNK)));
        out.failing = false;
        out.writes.clear();
        assertThrows(IOException.class, () -> writer.text(zeros(1)));
        assertThrows(IOException.class, () -> writer.close(1000, ""));
        assertEquals(List.of(), out.writes);
    }

    private static Bytes zeros(int length) {
        return Bytes.wrap(new byte[length]);
    }

    /** Remembers the length of each write. */
    private static final class Counting extends OutputStream {
        final List<Integer> writes = new ArrayList<>();
        int flushes;
        boolean failing;
        byte[] lastArray = new byte[0];

        @Override
        public void write(int b) {
            throw new AssertionError("a byte at a time is too slow");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (failing) {
                throw new IOException("cut");
            }
            writes.add(length);
            lastArray = bytes;
        }

        @Override
        public void flush() {
            flushes++;
        }
    }
}
