package io.cloudtunnel.protocol.frame;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class NameSetTest {

    private static final NameSet SET = NameSet.of("host", "Te", "date", "x-a");

    @Test
    void findsNamesInAnyCase() {
        assertTrue(SET.contains("host"));
        assertTrue(SET.contains("HOST"));
        assertTrue(SET.contains("Date"));
        assertTrue(SET.contains("tE"));
    }

    @Test
    void findsNothingElse() {
        assertFalse(SET.contains("hosts"));
        assertFalse(SET.contains("x-b"));
        assertFalse(SET.contains(""));
        assertFalse(SET.contains("a-name-longer-than-any"));
        assertFalse(NameSet.of().contains("host"));
    }
}
