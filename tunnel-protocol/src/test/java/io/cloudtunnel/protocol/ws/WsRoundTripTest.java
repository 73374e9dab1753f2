package io.cloudtunnel.protocol.ws;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WsRoundTripTest {

    private static final long SEED = 20_111_201;
    private static final int MESSAGES = 400;

    @ParameterizedTest
    @EnumSource
    void whatOneRoleWritesTheOtherReads(Role role) throws IOException {
        Random random = new Random(SEED);
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        WsWriter writer = new WsWriter(wire, role);
        List<WsEvent> sent = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            sent.add(append(writer, random));
            if (random.nextInt(4) == 0) {
                writer.flush();
            }
        }
        writer.close(1001, "over");
        sent.add(new WsEvent.Close(1001, "over"));

        Role other = role == Role.CLIENT ? Role.SERVER : Role.CLIENT;
        for (int most : new int[] {1 << 20, 1447, 20_000}) {
            Wire.Dripping in = new Wire.Dripping(wire.toByteArray(), most);
            assertEquals(sent, Wire.all(new WsReader(in, other, Wire.LIMIT)), "seed " + SEED);
        }
    }

    private static WsEvent append(WsWriter writer, Random random) throws IOException {
        // As many lengths of each magnitude, and so of each form.
        int length = random.nextInt(1 << random.nextInt(19));
        byte[] payload = Wire.random(length, random.nextLong());
        Bytes bytes = Bytes.wrap(payload);
        int cut = random.nextInt(length + 1);
        return switch (random.nextInt(4)) {
            case 0 -> {
                for (int i = 0; i < length; i++) {
                    payload[i] &= 0x7F;
                }
                writer.appendText(bytes.slice(0, cut), bytes.slice(cut, length));
                yield new WsEvent.Text(bytes);
            }
            case 1 -> {
                Bytes small = bytes.slice(0, Math.min(length, 125));
                writer.appendPing(small);
                yield new WsEvent.Ping(small);
            }
            case 2 -> {
                Bytes small = bytes.slice(0, Math.min(length, 125));
                writer.appendPong(small);
                yield new WsEvent.Pong(small);
            }
            default -> {
                writer.appendBinary(bytes.slice(0, cut), bytes.slice(cut, length));
                yield new WsEvent.Binary(bytes);
            }
        };
    }
}
