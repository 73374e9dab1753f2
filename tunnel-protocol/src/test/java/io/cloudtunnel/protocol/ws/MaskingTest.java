package io.cloudtunnel.protocol.ws;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class MaskingTest {

    private static final int KEY = 0x37fa213d;

    @Test
    void equalsTheDefinitionAtEveryLengthPhaseAndOffset() {
        for (int length = 0; length <= 200; length++) {
            for (int phase = 0; phase < 9; phase++) {
                int from = (length + phase) % 11;
                byte[] actual = Wire.random(from + length + 9, length);
                byte[] expected = actual.clone();
                for (int i = 0; i < length; i++) {
                    int octet = KEY >>> (24 - 8 * ((i + phase) % 4));
                    expected[from + i] ^= (byte) octet;
                }
                Masking.apply(actual, from, from + length, KEY, phase);
                assertArrayEquals(expected, actual, "length " + length + ", phase " + phase);
            }
        }
    }

    @Test
    void phaseMayHavePassedTwoGibibytes() {
        byte[] expected = Wire.random(20, 1);
        byte[] actual = expected.clone();
        Masking.apply(expected, 0, 20, KEY, 3);
        Masking.apply(actual, 0, 20, KEY, Integer.MIN_VALUE + 3);
        assertArrayEquals(expected, actual);
    }
}
