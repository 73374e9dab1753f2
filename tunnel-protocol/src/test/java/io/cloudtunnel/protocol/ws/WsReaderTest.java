package io.cloudtunnel.protocol.ws;

import static io.cloudtunnel.protocol.ws.Wire.all;
import static io.cloudtunnel.protocol.ws.Wire.client;
import static io.cloudtunnel.protocol.ws.Wire.frame;
import static io.cloudtunnel.protocol.ws.Wire.hex;
import static io.cloudtunnel.protocol.ws.Wire.join;
import static io.cloudtunnel.protocol.ws.Wire.random;
import static io.cloudtunnel.protocol.ws.Wire.server;
import static io.cloudtunnel.protocol.ws.Wire.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WsReaderTest {

    private static final Bytes HELLO = Bytes.utf8("Hello");

    @Test
    void examplesOfTheRfc() throws IOException {
        assertEquals(List.of(text("Hello")), all(client(hex("81 05 48656c6c6f"))));
        assertEquals(List.of(text("Hello")), all(server(hex("81 85 37fa213d 7f9f4d5158"))));
        assertEquals(List.of(text("Hello")), all(client(hex("01 03 48656c"), hex("80 02 6c6f"))));
        assertEquals(List.of(new WsEvent.Ping(HELLO)), all(client(hex("89 05 48656c6c6f"))));
        assertEquals(
                List.of(new WsEvent.Pong(HELLO)), all(server(hex("8a 85 37fa213d 7f9f4d5158"))));
        byte[] middle = random(256, 1);
        assertEquals(List.of(binary(middle)), all(client(hex("82 7e 0100"), middle)));
        byte[] large = random(65536, 1);
        assertEquals(List.of(binary(large)), all(client(hex("82 7f 0000000000010000"), large)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 16383, 65535, 65536, 131072, 131073, 1 << 20})
    void everyFormOfTheLength(int length) throws IOException {
        byte[] payload = random(length, length);
        assertEquals(
                List.of(binary(payload), text("next")),
                all(client(frame(0x82, payload), frame(0x81, hex("6e657874")))));
    }

    @Test
    void controlFramesBetweenFragmentsComeAtOnce() throws IOException {
        WsReader reader =
                client(
                        frame(0x01, hex("48")),
                        frame(0x89, hex("01")),
                        frame(0x00, hex("65")),
                        frame(0x8a, hex("02")),
                        frame(0x89, hex("")),
                        frame(0x80, hex("6c")),
                        frame(0x82, hex("ff")));
        assertEquals(
                List.of(
                        new WsEvent.Ping(Bytes.wrap(hex("01"))),
                        new WsEvent.Pong(Bytes.wrap(hex("02"))),
                        new WsEvent.Ping(Bytes.EMPTY),
                        text("Hel"),
                        binary(hex("ff"))),
                all(reader));
    }

    @Test
    void aCharacterMayBeCutByAFragment() throws IOException {
        assertEquals(
                List.of(text("µ")), all(client(frame(0x01, hex("c2")), frame(0x80, hex("b5")))));
    }

    @Test
    void emptyFragmentsUpToTheLimit() throws IOException {
        List<byte[]> frames = new ArrayList<>(List.of(frame(0x02, hex("01"))));
        for (int i = 0; i < MessageJoiner.MAX_EMPTY_FRAGMENTS; i++) {
            frames.add(frame(i == MessageJoiner.MAX_EMPTY_FRAGMENTS - 1 ? 0x80 : 0x00, hex("")));
        }
        byte[] message = join(frames.toArray(new byte[0][]));
        assertEquals(List.of(binary(hex("01")), binary(hex("01"))), all(client(message, message)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1000, 16384, 65536})
    void piecesOfAnySizeGiveTheSame(int most) throws IOException {
        byte[] large = random(200_000, 3);
        byte[] wire =
                join(
                        frame(0x81, hex("48656c6c6f")),
                        frame(0x02, large),
                        frame(0x89, hex("07")),
                        frame(0x00, random(300, 4)),
                        frame(0x80, large),
                        frame(0x88, hex("03e8 627965")));
        WsReader reader = new WsReader(new Wire.Dripping(wire, most), Role.CLIENT, Wire.LIMIT);
        assertEquals(
                List.of(
                        text("Hello"),
                        new WsEvent.Ping(Bytes.wrap(hex("07"))),
                        binary(join(large, random(300, 4), large)),
                        new WsEvent.Close(1000, "bye")),
                all(reader));
        assertEquals(wire.length, reader.bytesReceived());
    }

    @Test
    void closeWithAndWithoutCode() throws IOException {
        assertEquals(List.of(new WsEvent.Close(1005, "")), all(client(hex("88 00"))));
        assertEquals(List.of(new WsEvent.Close(1001, "")), all(client(hex("88 02 03e9"))));
        assertEquals(List.of(new WsEvent.Close(4999, "µ")), all(client(hex("88 04 1387 c2b5"))));
    }

    @Test
    void nothingIsReadBehindAClose() throws IOException {
        WsReader reader = client(hex("88 00"), hex("ff ff ff ff"));
        assertInstanceOf(WsEvent.Close.class, reader.next());
        assertInstanceOf(WsEvent.End.class, reader.next());
        assertInstanceOf(WsEvent.End.class, reader.next());
    }

    @Test
    void bytesCountWhileTheMessageIsUnfinished() throws IOException {
        List<Long> seen = new ArrayList<>();
        WsReader[] reader = new WsReader[1];
        InputStream dripping = new Wire.Dripping(frame(0x82, random(100_000, 5)), 40_000);
        InputStream watched =
                new InputStream() {
                    @Override
                    public int read() {
                        throw new AssertionError("a byte at a time is too slow");
                    }

                    @Override
                    public int read(byte[] target, int offset, int count) throws IOException {
                        seen.add(reader[0].bytesReceived());
                        return dripping.read(target, offset, count);
                    }
                };
        reader[0] = new WsReader(watched, Role.CLIENT, Wire.LIMIT);
        reader[0].next();
        assertEquals(List.of(0L, 256L, 40256L, 80256L), seen); // a small buffer first
        assertTrue(reader[0].bytesReceived() == 100_010, "the whole frame");
    }

    @Test
    void smallFramesShareOneRead() throws IOException {
        byte[] small = frame(0x82, random(100, 6));
        Wire.Dripping in = new Wire.Dripping(join(small, small, small, small), Wire.LIMIT);
        assertEquals(4, all(new WsReader(in, Role.CLIENT, Wire.LIMIT)).size());
        assertEquals(3, in.reads, "a small buffer, all other frames at once, then the end");
    }

    @Test
    void theEndOfALargeFrameSharesItsReadWithTheNextFrames() throws IOException {
        byte[] small = frame(0x82, random(100, 6));
        byte[] wire = join(frame(0x82, random(20_000, 7)), small, small);
        Wire.Dripping in = new Wire.Dripping(wire, Wire.LIMIT);
        assertEquals(3, all(new WsReader(in, Role.CLIENT, Wire.LIMIT)).size());
        assertEquals(4, in.reads, "a small buffer, a full one, the rest, the end");
    }

    private static WsEvent binary(byte[] payload) {
        return new WsEvent.Binary(Bytes.wrap(payload));
    }
}
