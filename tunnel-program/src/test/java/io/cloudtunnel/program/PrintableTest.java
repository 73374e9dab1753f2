package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Nothing that somebody else chose can look like ours. */
class PrintableTest {

    @Test
    void visibleAsciiStaysAsItIs() {
        String text = "/pub/abc/x?y=1&z=%20~!";
        assertSame(text, Printable.of(text, 100));
    }

    @Test
    void allElseIsShownByItsCode() {
        assertEquals("a\\x0d\\x0ab", Printable.of("a\r\nb", 100));
        assertEquals("\\x1b[31m", Printable.of("\u001b[31m", 100));
        assertEquals("\\u2028\\u2029\\x85", Printable.of("\u2028\u2029\u0085", 100));
        assertEquals("x\\u202ey\\u2066", Printable.of("x\u202ey\u2066", 100));
        assertEquals("a\\x20status=200", Printable.of("a status=200", 100));
    }

    @Test
    void aBackslashCannotPretendToBeACode() {
        assertEquals("\\x5cx0a", Printable.of("\\x0a", 100));
    }

    @Test
    void everyCharacterBecomesVisibleAscii() {
        for (int c = 0; c <= Character.MAX_VALUE; c++) {
            String shown = Printable.of(String.valueOf((char) c), 1);
            assertTrue(shown.chars().allMatch(v -> v > ' ' && v < 0x7f), shown);
        }
    }

    @Test
    void longTextIsCutAndSaysSo() {
        assertEquals("abc...", Printable.of("abcdef", 3));
        assertEquals("abc", Printable.of("abc", 3));
        assertEquals("\\x0a\\x0a...", Printable.of("\n\n\n", 2));
    }

    @Test
    void spacesStayWhereTheyDoNoHarm() {
        assertEquals("curl 8 \\x0a", Printable.words("curl 8 \n", 100));
    }
}
