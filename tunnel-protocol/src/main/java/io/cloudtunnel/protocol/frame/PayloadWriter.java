package io.cloudtunnel.protocol.frame;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes a frame's header, and numbers and texts behind it, into an array of the right size. */
final class PayloadWriter {

    private final byte[] array;
    private int at;

    /**
     * Begins a frame.
     *
     * @param built payload bytes that are written here
     * @param length payload bytes in all
     */
    PayloadWriter(int type, int flags, int stream, int built, int length) {
        array = new byte[BinaryCodec.HEADER + built];
        array[0] = (byte) type;
        array[1] = (byte) flags;
        at = 4;
        i32(stream).i32(length);
    }

    PayloadWriter u16(int value) {
        array[at++] = (byte) (value >>> 8);
        array[at++] = (byte) value;
        return this;
    }

    PayloadWriter i32(int value) {
        return u16(value >>> 16).u16(value);
    }

    PayloadWriter i64(long value) {
        return i32((int) (value >>> 32)).i32((int) value);
    }

    /** One byte for each character. */
    @SuppressWarnings(
            "deprecation") // getBytes with a high byte of 0 is what is wanted, and fastest
    PayloadWriter latin1(String text) {
        text.getBytes(0, text.length(), array, at);
        at += text.length();
        return this;
    }

    PayloadWriter bytes(byte[] bytes) {
        System.arraycopy(bytes, 0, array, at, bytes.length);
        at += bytes.length;
        return this;
    }

    PayloadWriter fields(Fields fields) {
        for (int i = 0; i < fields.size(); i++) {
            String name = fields.name(i);
            String value = fields.value(i);
            u16(name.length()).u16(value.length()).latin1(name).latin1(value);
        }
        return this;
    }

    Bytes done() {
        assert at == array.length : "a frame of another size than was said";
        return Bytes.wrap(array);
    }

    /** At most 255 bytes of UTF-8, cut between characters. */
    static byte[] shortText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= BinaryCodec.MAX_TEXT) {
            return bytes;
        }
        int end = BinaryCodec.MAX_TEXT;
        while ((bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }
}
