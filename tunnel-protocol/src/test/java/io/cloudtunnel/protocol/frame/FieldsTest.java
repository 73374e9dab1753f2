package io.cloudtunnel.protocol.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FieldsTest {

    private static final Fields FIELDS =
            Fields.of("Accept", "a", "Cookie", "x=1", "accept", "b", "X-A", "", "COOKIE", "y=2");

    private static List<String> lines(Fields fields) {
        List<String> lines = new ArrayList<>();
        fields.forEach((name, value) -> lines.add(name + "=" + value));
        return lines;
    }

    @Test
    void orderDuplicatesAndCaseAreKept() {
        assertEquals(
                List.of("Accept=a", "Cookie=x=1", "accept=b", "X-A=", "COOKIE=y=2"), lines(FIELDS));
        assertEquals(5, FIELDS.size());
        assertEquals("accept", FIELDS.name(2));
        assertEquals("b", FIELDS.value(2));
    }

    @Test
    void namesAreLookedUpWithoutRegardToCase() {
        assertEquals("a", FIELDS.first("ACCEPT"));
        assertEquals(List.of("x=1", "y=2"), FIELDS.all("cookie"));
        assertTrue(FIELDS.contains("x-a"));
        assertEquals("", FIELDS.first("x-a"));
        assertNull(FIELDS.first("X-B"));
        assertFalse(FIELDS.contains("X-B"));
        assertEquals(List.of(), FIELDS.all("X-B"));
    }

    @Test
    void setReplacesAllLinesAtThePlaceOfTheFirst() {
        assertEquals(
                List.of("Accept=a", "cookie=z", "accept=b", "X-A="),
                lines(FIELDS.toBuilder().set("cookie", "z").build()));
        assertEquals(
                List.of("accept=c", "Cookie=x=1", "X-A=", "COOKIE=y=2"),
                lines(FIELDS.toBuilder().set("accept", "c").build()));
        assertEquals("X-New=1", lines(FIELDS.toBuilder().set("X-New", "1").build()).get(5));
    }

    @Test
    void removeAndWithoutTakeAllLinesOfAName() {
        List<String> left = List.of("Accept=a", "accept=b", "X-A=");
        assertEquals(left, lines(FIELDS.toBuilder().remove("cOOkie").build()));
        assertEquals(left, lines(FIELDS.without("cOOkie")));
        assertEquals(List.of("X-A="), lines(FIELDS.without("cookie", "accept")));
        assertEquals(List.of(), lines(Fields.of("A", "1", "a", "2").without("A")));
    }

    @Test
    void filterKeepsOrder() {
        assertEquals(
                List.of("accept=b", "COOKIE=y=2"),
                lines(FIELDS.filter((n, v) -> v.equals("b") || v.equals("y=2"))));
        assertSame(FIELDS, FIELDS.filter((n, v) -> true));
        assertSame(Fields.EMPTY, FIELDS.filter((n, v) -> false));
    }

    @Test
    void tokensAreThoseOfAllLines() {
        Fields fields =
                Fields.of("Connection", " close ,, X-A\t", "connection", "Upgrade", "A", "b");
        assertEquals(List.of("close", "X-A", "Upgrade"), fields.tokens("CONNECTION"));
        assertTrue(fields.hasToken("Connection", "CLOSE"));
        assertFalse(fields.hasToken("Connection", "clos"));
        assertEquals(List.of(), fields.tokens("None"));
    }

    @Test
    void aBuiltListDoesNotChangeWithItsBuilderOrSource() {
        String[] source = {"A", "1"};
        Fields fields = Fields.of(source);
        source[1] = "2";
        assertEquals("1", fields.first("a"));
        Fields.Builder builder = Fields.builder().add("A", "1").addAll(FIELDS);
        Fields built = builder.build();
        builder.remove("A").add("B", "2");
        assertEquals(6, built.size());
        assertEquals(6, builder.size());
        assertEquals("1", built.first("A"));
    }

    @Test
    void equalityHeedsOrderAndCase() {
        assertEquals(Fields.of("A", "1", "B", "2"), Fields.of("A", "1", "B", "2"));
        assertEquals(
                Fields.of("A", "1", "B", "2").hashCode(), Fields.of("A", "1", "B", "2").hashCode());
        assertNotEquals(Fields.of("A", "1", "B", "2"), Fields.of("B", "2", "A", "1"));
        assertNotEquals(Fields.of("A", "1"), Fields.of("a", "1"));
        assertSame(Fields.EMPTY, Fields.of());
    }

    @Test
    void aNameNeedsAValue() {
        assertThrows(IllegalArgumentException.class, () -> Fields.of("A"));
    }

    @Test
    void bytesAreThoseOfTheLines() {
        assertEquals("Ab: cd\r\nE: \r\n".length(), Fields.of("Ab", "cd", "E", "").byteCount());
    }

    @Test
    void valuesAreNotShown() {
        assertEquals("Fields[accept, cookie, x-a]", FIELDS.toString());
    }
}
