package io.cloudtunnel.protocol.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class BytesTest {

    private static final Bytes HELLO = Bytes.latin1("..hello..").slice(2, 7);

    @Test
    void slicesSeeOnlyTheirPart() throws IOException {
        assertEquals(5, HELLO.length());
        assertEquals("hello", HELLO.latin1());
        assertEquals("ell", HELLO.slice(1, 4).utf8());
        assertEquals('o', HELLO.at(4));
        assertArrayEquals(new byte[] {'h', 'e', 'l', 'l', 'o'}, HELLO.toByteArray());
        assertArrayEquals(HELLO.toByteArray(), HELLO.asInputStream().readAllBytes());
        var out = new ByteArrayOutputStream();
        HELLO.writeTo(out);
        assertEquals("hello", out.toString(java.nio.charset.StandardCharsets.US_ASCII));
        assertEquals(5, HELLO.asByteBuffer().remaining());
        assertEquals('h', HELLO.asByteBuffer().get(0));
    }

    @Test
    void nothingOutsideCanBeReached() {
        assertThrows(IndexOutOfBoundsException.class, () -> HELLO.at(5));
        assertThrows(IndexOutOfBoundsException.class, () -> HELLO.at(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> HELLO.slice(0, 6));
        assertThrows(IndexOutOfBoundsException.class, () -> HELLO.slice(3, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> HELLO.slice(-1, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> HELLO.copyTo(new byte[5], 1));
        assertThrows(IndexOutOfBoundsException.class, () -> Bytes.wrap(new byte[3], 2, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> Bytes.copyOf(new byte[3], 0, 4));
        assertEquals(5, HELLO.asByteBuffer().capacity());
    }

    @Test
    void nothingCanBeChangedFromOutside() {
        byte[] source = {1, 2, 3};
        Bytes copy = Bytes.copyOf(source, 1, 2);
        source[1] = 9;
        assertEquals(2, copy.at(0));
        copy.toByteArray()[0] = 9;
        assertEquals(2, copy.at(0));
        assertThrows(ReadOnlyBufferException.class, () -> copy.asByteBuffer().put(0, (byte) 9));
    }

    @Test
    void equalityIsThatOfTheContent() {
        Bytes other = Bytes.utf8("hello");
        assertEquals(HELLO, other);
        assertEquals(HELLO.hashCode(), other.hashCode());
        assertNotEquals(HELLO, Bytes.utf8("hellO"));
        assertNotEquals(HELLO, HELLO.slice(0, 4));
        assertNotEquals((Object) HELLO, "hello");
    }

    @Test
    void emptySlicesAreOneAndHoldNoArray() {
        assertSame(Bytes.EMPTY, HELLO.slice(3, 3));
        assertSame(Bytes.EMPTY, Bytes.utf8(""));
        assertTrue(Bytes.EMPTY.isEmpty());
        assertFalse(HELLO.isEmpty());
    }

    @Test
    void textsKeepBytesOrCharacters() {
        assertEquals(1, Bytes.latin1("é").length());
        assertEquals(2, Bytes.utf8("é").length());
        assertEquals("?", Bytes.latin1("€").latin1());
        assertEquals("\u00c3\u00a9", Bytes.utf8("é").latin1());
        assertEquals("\ufffd", Bytes.wrap(new byte[] {(byte) 0xE9}).utf8());
    }

    @Test
    void contentIsNotShown() {
        assertEquals("Bytes[5]", HELLO.toString());
    }
}
