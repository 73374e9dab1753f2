package io.cloudtunnel.protocol.ws;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The masking of RFC 6455, section 5.3, eight bytes at a time. */
final class Masking {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Masking() {}

    /**
     * Masks or unmasks a range in place.
     *
     * @param key the masking key as it stands on the wire, first octet highest
     * @param phase how many bytes of the frame's payload came before the range; only its remainder
     *     by 4 counts
     */
    static void apply(byte[] array, int from, int to, int key, int phase) {
        int turned = Integer.rotateRight(Integer.reverseBytes(key), (phase & 3) * Byte.SIZE);
        long mask = Integer.toUnsignedLong(turned) * 0x1_0000_0001L;
        int i = from;
        for (int last = to - Long.BYTES; i <= last; i += Long.BYTES) {
            LONGS.set(array, i, (long) LONGS.get(array, i) ^ mask);
        }
        for (; i < to; i++) {
            array[i] ^= (byte) mask;
            mask >>>= Byte.SIZE;
        }
    }
}
