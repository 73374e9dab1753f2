package io.cloudtunnel.protocol.ws;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Strict validation of UTF-8 (RFC 3629, section 4), eight bytes at a time where it is ASCII. */
final class Utf8 {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private Utf8() {}

    /** Whether a range is well-formed: no overlong form, no surrogate, nothing over U+10FFFF. */
    static boolean isValid(byte[] array, int from, int to) {
        int i = from;
        while (true) {
            i = skipAscii(array, i, to);
            if (i == to) {
                return true;
            }
            int length = sequenceLength(array, i, to);
            if (length == 0) {
                return false;
            }
            i += length;
        }
    }

    private static int skipAscii(byte[] array, int from, int to) {
        int i = from;
        if (i < to && array[i] < 0) {
            return i;
        }
        for (int last = to - Long.BYTES; i <= last; i += Long.BYTES) {
            if (((long) LONGS.get(array, i) & HIGH_BITS) != 0) {
                break;
            }
        }
        while (i < to && array[i] >= 0) {
            i++;
        }
        return i;
    }

    /** The length of the multi-byte sequence at an index, 0 if it is malformed or cut short. */
    private static int sequenceLength(byte[] array, int i, int to) {
        int lead = array[i] & 0xFF;
        if (lead < 0xC2 || lead > 0xF4) {
            return 0;
        }
        int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (to - i < length || !secondFits(lead, array[i + 1] & 0xFF)) {
            return 0;
        }
        for (int k = 2; k < length; k++) {
            if ((array[i + k] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length;
    }

    /** Four leads narrow the second byte; this is where overlongs and surrogates are refused. */
    private static boolean secondFits(int lead, int second) {
        int lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        return second >= lowest && second <= highest;
    }
}
