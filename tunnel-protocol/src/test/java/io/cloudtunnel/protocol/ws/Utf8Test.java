package io.cloudtunnel.protocol.ws;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "7f",
                "c280",
                "dfbf",
                "e0a080",
                "ed9fbf",
                "ee8080",
                "efbfbd",
                "efbfbf",
                "f0908080",
                "f48fbfbf",
                "cebae1bdb9cf83cebcceb5",
                "48656c6c6f2dc2b540c39fc3b6c3a4c3bcc3a0c3a12d5554462d382121"
            })
    void wellFormed(String hex) {
        assertEverywhere(true, Wire.hex(hex));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "bf",
                "8081",
                "c0",
                "c080",
                "c1bf",
                "c2",
                "c27f",
                "c2c0",
                "dfe0",
                "e0",
                "e08080",
                "e09fbf",
                "e0a0",
                "e0a0c0",
                "eda080",
                "edb080",
                "edbfbf",
                "eda080edb080",
                "ef",
                "efbf",
                "efbf7f",
                "f0",
                "f0808080",
                "f08fbfbf",
                "f09080",
                "f0908020",
                "f0902080",
                "f4908080",
                "f5808080",
                "f888808080",
                "fc8480808080",
                "fe",
                "ff",
                "cebae1bdb9cf83cebcceb5eda080"
            })
    void malformed(String hex) {
        assertEverywhere(false, Wire.hex(hex));
    }

    @Test
    void agreesWithTheJdkOnNearlyValidText() {
        Random random = new Random(6455);
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i > 0; i--) {
                text.appendCodePoint(1 << random.nextInt(17) | random.nextInt(64));
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            if (bytes.length > 0 && random.nextBoolean()) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            assertEquals(jdk(bytes), Utf8.isValid(bytes, 0, bytes.length), () -> "seed 6455");
        }
    }

    /** The same bytes before, behind and between ASCII of every length that the fast path knows. */
    private static void assertEverywhere(boolean valid, byte[] sequence) {
        for (int before = 0; before <= 17; before++) {
            for (int after = 0; after <= 17; after++) {
                byte[] bytes =
                        Wire.join(
                                new byte[] {-1},
                                new byte[before],
                                sequence,
                                new byte[after],
                                new byte[] {-1});
                assertEquals(
                        valid,
                        Utf8.isValid(bytes, 1, bytes.length - 1),
                        "before " + before + ", after " + after);
            }
        }
    }

    private static boolean jdk(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }
}
