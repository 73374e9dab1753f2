package io.cloudtunnel.protocol.frame;

import java.nio.charset.StandardCharsets;

/** Reads numbers and texts from bytes, in order. Whatever is not there is a bad payload. */
final class PayloadReader {

    private final Bytes bytes;
    private int at;

    PayloadReader(Bytes bytes) {
        this.bytes = bytes;
    }

    int remaining() {
        return bytes.length() - at;
    }

    private void need(int count) throws ProtocolException {
        if (count > remaining()) {
            throw new ProtocolException("bad-payload");
        }
    }

    int u8() throws ProtocolException {
        need(1);
        return bytes.at(at++) & 0xFF;
    }

    int u16() throws ProtocolException {
        return (u8() << 8) | u8();
    }

    int i32() throws ProtocolException {
        return (u16() << 16) | u16();
    }

    long u32() throws ProtocolException {
        return i32() & 0xFFFF_FFFFL;
    }

    long i64() throws ProtocolException {
        return (u32() << 32) | u32();
    }

    /** A number that has to be at most 2^31 - 1. */
    int u31() throws ProtocolException {
        int value = i32();
        if (value < 0) {
            throw new ProtocolException("bad-payload");
        }
        return value;
    }

    Bytes bytes(int count) throws ProtocolException {
        need(count);
        Bytes slice = bytes.slice(at, at + count);
        at += count;
        return slice;
    }

    PayloadReader take(int count) throws ProtocolException {
        return new PayloadReader(bytes(count));
    }

    String latin1(int count) throws ProtocolException {
        return bytes(count).latin1();
    }

    /** What is left, as a text for people: nothing in it can begin another line. */
    String restAsText() throws ProtocolException {
        String text = new String(bytes(remaining()).toByteArray(), StandardCharsets.UTF_8);
        StringBuilder clean = new StringBuilder(text.length());
        text.chars().forEach(c -> clean.append(Character.isISOControl(c) ? '?' : (char) c));
        return clean.toString();
    }

    /** Name and value in turn, to the end. */
    Fields restAsFields() throws ProtocolException {
        if (remaining() == 0) {
            return Fields.EMPTY;
        }
        Fields.Builder fields = Fields.builder();
        while (remaining() > 0) {
            int name = u16();
            int value = u16();
            if (name == 0) {
                throw new ProtocolException("bad-payload");
            }
            fields.add(latin1(name), latin1(value));
        }
        return fields.build();
    }
}
