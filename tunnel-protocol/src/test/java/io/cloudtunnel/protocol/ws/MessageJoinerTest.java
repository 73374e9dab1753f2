package io.cloudtunnel.protocol.ws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageJoinerTest {

    private static final int GIANT = Integer.MAX_VALUE;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65536, 131072, 131073, 1_000_000, 5_000_000})
    void memoryFollowsWhatHasArrived(int arrived) {
        MessageJoiner joiner = new MessageJoiner(GIANT, GIANT, MessageRoom.ENDLESS);
        WsInput input = new WsInput(new Wire.Dripping(new byte[arrived], 60_000));
        FrameHeader header = new FrameHeader(true, Opcode.BINARY, GIANT, 0);
        assertThrows(EOFException.class, () -> joiner.add(header, input));
        assertEquals(arrived, input.received());
        int most = Math.max(MessageJoiner.TRUSTED_BYTES, 2 * arrived);
        assertTrue(joiner.allocated() <= most, joiner.allocated() + " for " + arrived);
    }

    @Test
    void aFragmentToComeDoesNotAllocateEither() {
        MessageJoiner joiner = new MessageJoiner(GIANT, GIANT, MessageRoom.ENDLESS);
        WsInput input = new WsInput(new Wire.Dripping(new byte[10], 10));
        FrameHeader header = new FrameHeader(false, Opcode.BINARY, GIANT, 0);
        assertThrows(EOFException.class, () -> joiner.add(header, input));
        assertTrue(joiner.allocated() <= MessageJoiner.TRUSTED_BYTES);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5000, 65536 + 100, 131072})
    void aKnownSmallLengthIsAllocatedOnce(int length) throws IOException {
        MessageJoiner joiner = new MessageJoiner(GIANT, GIANT, MessageRoom.ENDLESS);
        WsInput input = new WsInput(new Wire.Dripping(new byte[length], 1000));
        joiner.add(new FrameHeader(true, Opcode.BINARY, length, 0), input);
        assertEquals(length, joiner.allocated());
        assertEquals(new WsEvent.Binary(Bytes.wrap(new byte[length])), joiner.finish());
        assertEquals(0, joiner.allocated());
    }

    @Test
    void manyFragmentsGrowByDoubling() throws IOException {
        int fragments = 4096;
        int size = 1024;
        MessageJoiner joiner = new MessageJoiner(GIANT, GIANT, MessageRoom.ENDLESS);
        WsInput input = new WsInput(new Wire.Dripping(new byte[fragments * size], 1 << 20));
        int opcode = Opcode.BINARY;
        int allocations = 0;
        int before = 0;
        for (int i = 0; i < fragments; i++) {
            joiner.add(new FrameHeader(i == fragments - 1, opcode, size, 0), input);
            allocations += joiner.allocated() == before ? 0 : 1;
            before = joiner.allocated();
            opcode = Opcode.CONTINUATION;
        }
        assertEquals(13, allocations, "1 KiB to 4 MiB");
        assertEquals(fragments * size, ((WsEvent.Binary) joiner.finish()).payload().length());
    }

    @Test
    void neverAllocatesMoreThanTheLimit() throws IOException {
        MessageJoiner joiner = new MessageJoiner(3000, 3000, MessageRoom.ENDLESS);
        WsInput input = new WsInput(new Wire.Dripping(new byte[3000], 3000));
        joiner.add(new FrameHeader(false, Opcode.BINARY, 2000, 0), input);
        joiner.add(new FrameHeader(false, Opcode.CONTINUATION, 1, 0), input);
        assertEquals(3000, joiner.allocated());
    }
}
