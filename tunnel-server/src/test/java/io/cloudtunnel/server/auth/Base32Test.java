package io.cloudtunnel.server.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Base32 against RFC 4648, section 10, and against itself. */
class Base32Test {

    @Test
    void encodesTheExampleOfTheRfc() {
        assertEquals("mzxw6ytb", Base32.encode("fooba".getBytes(US_ASCII)));
        assertArrayEquals("fooba".getBytes(US_ASCII), Base32.decode("mzxw6ytb"));
    }

    @Test
    void decodesWhatItEncoded() {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[20];
            random.nextBytes(bytes);
            assertArrayEquals(bytes, Base32.decode(Base32.encode(bytes)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"mzxw6yt", "mzxw6ytb=", "MZXW6YTB", "mzxw6yt1", "mzxw6yt ", "mzxw6yt\u0131"})
    void refusesOtherForms(String text) {
        assertNull(Base32.decode(text));
    }
}
