package io.cloudtunnel.protocol.frame;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An immutable slice of bytes.
 *
 * <p>Slicing does not copy. Whoever wraps an array gives it up: nobody may write to it afterwards.
 * Safe for use by several threads.
 */
public final class Bytes {

    /** No bytes. */
    public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

    private final byte[] array;
    private final int offset;
    private final int length;

    private Bytes(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** Wraps a whole array, which the caller gives up. */
    public static Bytes wrap(byte[] array) {
        return wrap(array, 0, array.length);
    }

    /**
     * Wraps a part of an array, which the caller gives up.
     *
     * @throws IndexOutOfBoundsException if the part is not within the array
     */
    public static Bytes wrap(byte[] array, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, array.length);
        return length == 0 ? EMPTY : new Bytes(array, offset, length);
    }

    /**
     * Copies a part of an array.
     *
     * @throws IndexOutOfBoundsException if the part is not within the array
     */
    public static Bytes copyOf(byte[] array, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, array.length);
        return wrap(Arrays.copyOfRange(array, offset, offset + length));
    }

    /** Copies several slices into one. */
    public static Bytes join(List<Bytes> parts) {
        int length = 0;
        for (Bytes part : parts) {
            length = Math.addExact(length, part.length);
        }
        byte[] all = new byte[length];
        int at = 0;
        for (Bytes part : parts) {
            part.copyTo(all, at);
            at += part.length;
        }
        return wrap(all);
    }

    /** One byte for each character; a character above U+00FF becomes {@code ?}. */
    public static Bytes latin1(String text) {
        return wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The UTF-8 form of a text. */
    public static Bytes utf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The number of bytes. */
    public int length() {
        return length;
    }

    /** Whether there is no byte. */
    public boolean isEmpty() {
        return length == 0;
    }

    /**
     * The byte at an index.
     *
     * @throws IndexOutOfBoundsException if there is none
     */
    public byte at(int index) {
        return array[offset + Objects.checkIndex(index, length)];
    }

    /**
     * The bytes from one index up to, not including, another; nothing is copied.
     *
     * @throws IndexOutOfBoundsException if they are not within this slice
     */
    public Bytes slice(int from, int to) {
        Objects.checkFromToIndex(from, to, length);
        return wrap(array, offset + from, to - from);
    }

    /**
     * Copies all bytes into an array.
     *
     * @throws IndexOutOfBoundsException if they do not fit
     */
    public void copyTo(byte[] target, int targetOffset) {
        System.arraycopy(array, offset, target, targetOffset, length);
    }

    /** Writes all bytes with one call. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(array, offset, length);
    }

    /** A new array with these bytes. */
    public byte[] toByteArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    /** A read-only view. */
    public ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
    }

    /** A stream over these bytes, for one thread. */
    public InputStream asInputStream() {
        return new ByteArrayInputStream(array, offset, length);
    }

    /** A parser of the JSON text that these bytes are; it does not copy them. */
    JsonParser parser(JsonFactory factory) throws IOException {
        return factory.createParser(array, offset, length);
    }

    /** One character for each byte, U+0000 to U+00FF. */
    public String latin1() {
        return new String(array, offset, length, StandardCharsets.ISO_8859_1);
    }

    /** The text whose UTF-8 form this is; what is malformed becomes U+FFFD. */
    public String utf8() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Bytes that
                && Arrays.equals(
                        array,
                        offset,
                        offset + length,
                        that.array,
                        that.offset,
                        that.offset + that.length);
    }

    @Override
    public int hashCode() {
        return asByteBuffer().hashCode();
    }

    /** The length only: a body may hold what does not belong into a log. */
    @Override
    public String toString() {
        return "Bytes[" + length + "]";
    }
}
