package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {

    @Test
    void aPasswordMatchesItsHashOnly() {
        PasswordHash hash = PasswordHash.of("sésame €");
        PasswordHash read = PasswordHash.parse(hash.text());
        assertEquals(hash.text(), read.text());
        assertTrue(read.matches("sésame €"));
        assertFalse(read.matches("sesame €"));
        assertFalse(read.matches(""));
        assertNotEquals(hash.text(), PasswordHash.of("sésame €").text(), "a salt of its own");
        assertFalse(hash.toString().contains(hash.text().substring(30)));
    }

    /** What another implementation of RFC 8018 makes of it. */
    @Test
    void itIsTheStandardsOne() {
        // python3: hashlib.pbkdf2_hmac('sha256', b'Password', b'0123456789abcdef', 80000)
        assertTrue(
                PasswordHash.parse(
                                "pbkdf2-sha256:80000:MDEyMzQ1Njc4OWFiY2RlZg:31B9Accg8dLeg9jrPeAj0Aw5iKcR4Au8MbgZvknk0CQ")
                        .matches("Password"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret",
                "pbkdf2-sha256:9999:MDEyMzQ1Njc4OWFiY2RlZg:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "pbkdf2-sha256:2000001:MDEyMzQ1Njc4OWFiY2RlZg:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "pbkdf2-sha256:600000:MDEyMzQ1Njc4OWFiY2RlZg:AAAA",
                "$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234"
            })
    void anythingElseIsRefusedAndNotRepeated(String text) {
        var e = assertThrows(IllegalArgumentException.class, () -> PasswordHash.parse(text));
        assertTrue(text.isEmpty() || !String.valueOf(e.getMessage()).contains(text));
    }
}
