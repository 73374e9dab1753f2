package io.cloudtunnel.protocol.ws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Is memory for long messages asked for, given back, and done without? */
class MessageRoomTest {

    private static final int KIB = 1024;
    private static final int TEXT = 0x81;
    private static final byte[] SMALL = Wire.frame(TEXT, Wire.hex("6869"));

    /** Room for so many bytes. */
    private static final class Room implements MessageRoom {
        private final long limit;
        private long used;
        private long most;

        Room(long limit) {
            this.limit = limit;
        }

        @Override
        public boolean tryReserve(long bytes) {
            if (bytes > limit - used) {
                return false;
            }
            used += bytes;
            most = Math.max(most, used);
            return true;
        }

        @Override
        public void release(long bytes) {
            used -= bytes;
        }
    }

    private static byte[] letters(int length) {
        return "x".repeat(length).getBytes(StandardCharsets.US_ASCII);
    }

    private static WsReader reader(Room room, byte[]... frames) {
        var in = new ByteArrayInputStream(Wire.join(frames));
        return new WsReader(in, Role.CLIENT, 4096 * KIB, 256 * KIB, room);
    }

    @Test
    void aLongMessageIsReservedUntilTheNextIsAskedFor() throws IOException {
        Room room = new Room(3000 * KIB);
        WsReader reader = reader(room, Wire.frame(TEXT, letters(1000 * KIB)), SMALL);
        var text = assertInstanceOf(WsEvent.Text.class, reader.next());
        assertEquals(1000 * KIB, text.payload().length());
        assertEquals(2000 * KIB, room.used, "the message, and what it is decoded to");
        assertEquals(Wire.text("hi"), reader.next());
        assertEquals(0, room.used);
    }

    @Test
    void aShortOneNeedsNone() throws IOException {
        WsReader reader = reader(new Room(0), Wire.frame(TEXT, letters(256 * KIB)));
        assertInstanceOf(WsEvent.Text.class, reader.next());
    }

    @Test
    void withoutRoomTheBeginningIsKeptAndTheNextMessageIsWhole() throws IOException {
        Room room = new Room(600 * KIB);
        byte[] large = letters(1000 * KIB);
        large[0] = '{';
        WsReader reader = reader(room, Wire.frame(TEXT, large), SMALL);
        var cut = assertInstanceOf(WsEvent.Cut.class, reader.next());
        assertEquals(Bytes.wrap(large, 0, 64 * KIB), cut.beginning());
        assertEquals(0, room.used);
        assertEquals(Wire.text("hi"), reader.next());
    }

    @Test
    void fragmentsToo() throws IOException {
        Room room = new Room(600 * KIB);
        WsReader reader =
                reader(
                        room,
                        Wire.frame(0x01, letters(200 * KIB)),
                        Wire.frame(0x00, letters(700 * KIB)),
                        Wire.frame(0x89, Wire.hex("01")),
                        Wire.frame(0x80, letters(700 * KIB)),
                        SMALL);
        assertInstanceOf(WsEvent.Ping.class, reader.next());
        assertInstanceOf(WsEvent.Cut.class, reader.next());
        assertEquals(Wire.text("hi"), reader.next());
        assertEquals(0, room.used);
    }

    @Test
    void aMessageOverTheLimitIsToldAlsoWhereItsBeginningWasCut() throws IOException {
        Room room = new Room(600 * KIB);
        WsReader reader =
                reader(
                        room,
                        Wire.frame(0x01, letters(3000 * KIB)),
                        Wire.frame(0x80, letters(1100 * KIB)));
        WsException tooBig = assertThrows(WsException.class, reader::next);
        assertEquals(1009, tooBig.closeCode());
        assertEquals(0, room.used);
    }

    @Test
    void aBinaryMessageHasALimitOfItsOwn() {
        WsReader reader = reader(new Room(0), Wire.frame(0x82, letters(256 * KIB + 1)));
        WsException tooBig = assertThrows(WsException.class, reader::next);
        assertEquals(1009, tooBig.closeCode());
    }

    @Test
    void aFailureGivesAllBack() {
        Room room = new Room(3000 * KIB);
        byte[] wire = Wire.frame(TEXT, letters(1000 * KIB));
        byte[] half = Arrays.copyOf(wire, wire.length / 2 + 100 * KIB);
        WsReader reader = reader(room, half);
        assertThrows(IOException.class, reader::next);
        assertEquals(2000 * KIB, room.most);
        assertEquals(0, room.used);
    }
}
