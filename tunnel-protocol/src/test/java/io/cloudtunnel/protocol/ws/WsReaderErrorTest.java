package io.cloudtunnel.protocol.ws;

import static io.cloudtunnel.protocol.ws.Wire.frame;
import static io.cloudtunnel.protocol.ws.Wire.hex;
import static io.cloudtunnel.protocol.ws.Wire.join;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WsReaderErrorTest {

    @ParameterizedTest
    @CsvSource({
        "c1 00, a reserved bit is set",
        "a1 00, a reserved bit is set",
        "91 00, a reserved bit is set",
        "83 00, unknown opcode",
        "84 00, unknown opcode",
        "87 00, unknown opcode",
        "8b 00, unknown opcode",
        "8f 00, unknown opcode",
        "08 00, fragmented control frame",
        "09 00, fragmented control frame",
        "0a 00, fragmented control frame",
        "89 7e 007e, control frame too long",
        "88 7f 0000000000010000, control frame too long",
        "81 80 00000000, masked frame",
        "89 80 00000000, masked frame",
        "82 7f 8000000000000000, highest bit of the length is set",
        "82 7e 007d, length not in its shortest form",
        "82 7f 000000000000ffff, length not in its shortest form",
        "80 00, continuation without a message",
        "00 00, continuation without a message",
        "01 01 61 81 01 61, new message inside another",
        "01 01 61 02 01 61, new message inside another",
        "88 01 03, close code cut short",
    })
    void protocolErrors(String wire, String message) {
        assertFails(CloseCode.PROTOCOL_ERROR, message, Role.CLIENT, hex(wire));
    }

    @ParameterizedTest
    @ValueSource(strings = {"81 00", "89 00", "88 00"})
    void aServerRefusesFramesWithoutMask(String wire) {
        assertFails(CloseCode.PROTOCOL_ERROR, "frame without mask", Role.SERVER, hex(wire));
    }

    @Test
    void closeCodesThatMayNotBeSent() throws IOException {
        for (int code = 0; code <= 0xFFFF; code++) {
            byte[] wire = frame(0x88, hex("%04x".formatted(code)));
            boolean valid =
                    switch (code) {
                        case 1000, 1001, 1002, 1003, 1007, 1008, 1009 -> true;
                        case 1010, 1011, 1012, 1013, 1014 -> true;
                        default -> code >= 3000 && code < 5000;
                    };
            if (valid) {
                assertEquals(new WsEvent.Close(code, ""), Wire.client(wire).next());
            } else {
                assertFails(CloseCode.PROTOCOL_ERROR, "invalid close code", Role.CLIENT, wire);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"81 02 c080", "81 01 c2", "01 01 c2 80 01 41", "81 03 eda080"})
    void textThatIsNotUtf8(String wire) {
        assertFails(CloseCode.INVALID_PAYLOAD, "text is not UTF-8", Role.CLIENT, hex(wire));
    }

    @Test
    void closeReasonThatIsNotUtf8() {
        assertFails(
                CloseCode.INVALID_PAYLOAD,
                "close reason is not UTF-8",
                Role.CLIENT,
                hex("88 03 03e8 ff"));
    }

    @Test
    void messageOverTheLimit() throws IOException {
        byte[] most = new byte[Wire.LIMIT];
        assertEquals(1, Wire.all(Wire.client(frame(0x82, most))).size());
        byte[] tooLong = new byte[Wire.LIMIT + 1];
        assertTooBig(Arrays.copyOf(frame(0x82, tooLong), 10));
        assertTooBig(hex("82 7f 7fffffffffffffff"));
        assertTooBig(join(frame(0x02, most), hex("80 01")));
        assertTooBig(join(frame(0x02, hex("00")), hex("80 7f 7fffffffffffffff")));
    }

    @Test
    void noMessageAtAllUnderALimitOfZero() throws IOException {
        InputStream in = new ByteArrayInputStream(hex("82 00 82 01 00"));
        WsReader reader = new WsReader(in, Role.CLIENT, 0);
        reader.next();
        assertEquals(1009, assertThrows(WsException.class, reader::next).closeCode());
    }

    @Test
    void floodOfEmptyFragments() {
        byte[] empties = new byte[2 * MessageJoiner.MAX_EMPTY_FRAGMENTS];
        assertFails(
                CloseCode.POLICY_VIOLATION,
                "too many empty fragments",
                Role.CLIENT,
                join(hex("02 00"), empties));
        assertFails(
                CloseCode.POLICY_VIOLATION,
                "too many empty fragments",
                Role.CLIENT,
                join(hex("02 01 00"), empties, hex("80 00")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "81",
                "82 7e 01",
                "82 7f 000000",
                "82 05 01020304",
                "89 02 01",
                "01 01 61",
                "01 01 61 89 00",
                "82 7f 0000000000020000 01"
            })
    void inputThatEndsInsideAMessage(String wire) {
        WsReader reader =
                new WsReader(new ByteArrayInputStream(hex(wire)), Role.CLIENT, Wire.LIMIT);
        assertThrows(EOFException.class, () -> Wire.all(reader));
    }

    @Test
    void anInputThatGivesNothingDoesNotSpin() {
        InputStream nothing = new Wire.Dripping(new byte[1], 0);
        WsReader reader = new WsReader(nothing, Role.CLIENT, Wire.LIMIT);
        IOException failure = assertThrows(IOException.class, reader::next);
        assertEquals("the input gave no byte, against its contract", failure.getMessage());
    }

    @Test
    void aFailureIsFinal() {
        WsReader reader = Wire.client(hex("83 00"), hex("81 00"));
        WsException first = assertThrows(WsException.class, reader::next);
        assertSame(first, assertThrows(WsException.class, reader::next));
    }

    @Test
    void refusesANegativeLimit() {
        InputStream in = InputStream.nullInputStream();
        assertThrows(IllegalArgumentException.class, () -> new WsReader(in, Role.CLIENT, -1));
    }

    private static void assertTooBig(byte[] wire) {
        assertFails(CloseCode.MESSAGE_TOO_BIG, "message too long", Role.CLIENT, wire);
    }

    private static void assertFails(int closeCode, String message, Role role, byte[] wire) {
        WsReader reader = new WsReader(new ByteArrayInputStream(wire), role, Wire.LIMIT);
        WsException failure = assertThrows(WsException.class, () -> Wire.all(reader));
        assertEquals(message, failure.getMessage());
        assertEquals(closeCode, failure.closeCode());
    }
}
