package io.cloudtunnel.protocol.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class GroupedFieldsTest {

    @Test
    void linesOfOneNameComeTogetherInTheFirstSpelling() {
        Fields apart = Fields.of("A", "1", "b", "2", "a", "3", "B", "4", "C", "5", "A", "6");
        assertFalse(apart.isGrouped());
        assertEquals(
                Fields.of("A", "1", "A", "3", "A", "6", "b", "2", "b", "4", "C", "5"),
                apart.grouped());
    }

    @Test
    void whatIsGroupedStaysAsItIs() {
        Fields grouped = Fields.of("A", "1", "A", "2", "b", "3");
        assertTrue(grouped.isGrouped());
        assertSame(grouped, grouped.grouped());
        assertSame(Fields.EMPTY, Fields.EMPTY.grouped());
    }

    @Test
    void anotherSpellingIsNotGrouped() {
        assertEquals(Fields.of("A", "1", "A", "2"), Fields.of("A", "1", "a", "2").grouped());
    }

    @Test
    void manyLinesAreGroupedToo() {
        Fields.Builder many = Fields.builder();
        Fields.Builder wanted = Fields.builder();
        for (int i = 0; i < 500; i++) {
            many.add("N" + i, "1");
            wanted.add("N" + i, "1");
            if (i == 0) {
                wanted.add("N0", "2");
            }
        }
        many.add("n0", "2");
        assertFalse(many.build().isGrouped());
        assertEquals(wanted.build(), many.build().grouped());
    }
}
