package io.cloudtunnel.protocol.ws;

import static io.cloudtunnel.protocol.ws.Wire.frame;
import static io.cloudtunnel.protocol.ws.Wire.hex;
import static io.cloudtunnel.protocol.ws.Wire.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WsWriterTest {

    private static final Bytes HELLO = Bytes.utf8("Hello");
    private static final long KEY_OF_THE_RFC = 0x37fa213dL << 32;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final WsWriter server = new WsWriter(out, Role.SERVER);
    private final WsWriter client = new WsWriter(out, Role.CLIENT, () -> KEY_OF_THE_RFC);

    @Test
    void examplesOfTheRfc() throws IOException {
        server.text(HELLO);
        assertSent("81 05 48656c6c6f");
        client.text(HELLO);
        assertSent("81 85 37fa213d 7f9f4d5158");
        server.ping(HELLO);
        assertSent("89 05 48656c6c6f");
        client.pong(HELLO);
        assertSent("8a 85 37fa213d 7f9f4d5158");
        client.text(Bytes.utf8("He"), Bytes.EMPTY, Bytes.utf8("l"), Bytes.utf8("lo"));
        assertSent("81 85 37fa213d 7f9f4d5158");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 125, 126, 65535, 65536, 100_000})
    void everyFormOfTheLength(int length) throws IOException {
        byte[] payload = random(length, length);
        server.binary(Bytes.wrap(payload));
        assertArrayEquals(frame(0x82, payload), out.toByteArray());
    }

    @Test
    void eachFrameHasItsOwnKey() throws IOException {
        WsWriter writer = new WsWriter(out, Role.CLIENT);
        writer.binary(Bytes.EMPTY);
        writer.binary(Bytes.EMPTY);
        byte[] sent = out.toByteArray();
        assertEquals(12, sent.length);
        assertNotEquals(
                Bytes.copyOf(sent, 2, 4), Bytes.copyOf(sent, 8, 4), "one in 2^32 is chance");
    }

    @Test
    void thePayloadItselfIsNotMasked() throws IOException {
        byte[] payload = random(100_000, 9);
        byte[] before = payload.clone();
        client.binary(Bytes.wrap(payload));
        assertArrayEquals(before, payload);
    }

    @Test
    void close() throws IOException {
        server.close(1001, "bye");
        assertSent("88 05 03e9 627965");
        server.close(1000, "again");
        assertSent("");
        assertThrows(IOException.class, () -> server.binary(HELLO));
        assertThrows(IOException.class, () -> server.appendPong(HELLO));
        assertSent("");
    }

    @Test
    void closeWithoutCodeHasNoReason() throws IOException {
        server.close(CloseCode.NO_STATUS, "lost");
        assertSent("88 00");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 999, 1004, 1006, 1015, 1016, 2999, 5000, 65536 + 1000})
    void refusesCloseCodesThatMayNotBeSent(int code) throws IOException {
        assertThrows(IllegalArgumentException.class, () -> server.close(code, ""));
        server.text(HELLO);
        assertSent("81 05 48656c6c6f");
    }

    @Test
    void cutsTheReasonBetweenTwoCharacters() throws IOException {
        assertReason("a".repeat(123), "a".repeat(123));
        assertReason("a".repeat(124), "a".repeat(123));
        assertReason("a".repeat(122) + "µ", "a".repeat(122));
        assertReason("a".repeat(121) + "µ", "a".repeat(121) + "µ");
        assertReason("a".repeat(120) + "😀", "a".repeat(120));
        assertReason("a".repeat(119) + "😀x", "a".repeat(119) + "😀");
        assertReason("lone \ud800 surrogate", "lone ? surrogate");
    }

    @Test
    void refusesControlPayloadsThatAreTooLong() throws IOException {
        server.ping(Bytes.wrap(new byte[125]));
        out.reset();
        Bytes tooLong = Bytes.wrap(new byte[126]);
        assertThrows(IllegalArgumentException.class, () -> server.ping(tooLong));
        assertThrows(IllegalArgumentException.class, () -> server.pong(tooLong));
        assertSent("");
    }

    private void assertSent(String wire) {
        assertEquals(Bytes.wrap(hex(wire)), Bytes.wrap(out.toByteArray()), () -> hexOfSent());
        out.reset();
    }

    private String hexOfSent() {
        return Arrays.toString(out.toByteArray());
    }

    private static void assertReason(String given, String sent) throws IOException {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        new WsWriter(wire, Role.SERVER).close(1000, given);
        assertEquals(new WsEvent.Close(1000, sent), Wire.client(wire.toByteArray()).next());
    }
}
