package io.cloudtunnel.protocol.signed;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;

/** The trailers of one direction of a link. For one thread at a time. */
final class Tags {

    /** The length of a trailer: a counter, and the beginning of an HMAC. */
    static final int TRAILER_BYTES = 24;

    /** The length of a trailer behind a text. */
    static final int TRAILER_CHARS = 32;

    private static final int COUNTER_BYTES = Long.BYTES;

    private final Mac mac;
    private final OutputStream intoMac = new IntoMac();
    private final byte[] start = new byte[1 + COUNTER_BYTES];
    private final byte[] hash = new byte[Hmac.BYTES];

    /** What a message is. */
    enum Kind {
        TEXT(1),
        BINARY(2);

        private final byte number;

        Kind(int number) {
            this.number = (byte) number;
        }
    }

    Tags(byte[] key) {
        this.mac = Hmac.keyed(key);
    }

    /** A new trailer. */
    byte[] trailer(Kind kind, long counter, List<Bytes> message) {
        sign(kind, counter, message);
        byte[] trailer = new byte[TRAILER_BYTES];
        System.arraycopy(start, 1, trailer, 0, COUNTER_BYTES);
        System.arraycopy(hash, 0, trailer, COUNTER_BYTES, TRAILER_BYTES - COUNTER_BYTES);
        return trailer;
    }

    /** Whether a trailer has the tag of this message and of the counter in it. */
    boolean fits(Bytes trailer, Kind kind, Bytes message) {
        sign(kind, counter(trailer), List.of(message));
        int difference = 0; // in a time that does not depend on where they differ
        for (int i = COUNTER_BYTES; i < TRAILER_BYTES; i++) {
            difference |= trailer.at(i) ^ hash[i - COUNTER_BYTES];
        }
        return difference == 0;
    }

    /** The counter in a trailer. */
    static long counter(Bytes trailer) {
        return trailer.asByteBuffer().getLong(0);
    }

    private void sign(Kind kind, long counter, List<Bytes> message) {
        ByteBuffer.wrap(start).put(kind.number).putLong(counter);
        try {
            mac.update(start);
            for (Bytes part : message) {
                part.writeTo(intoMac);
            }
            mac.doFinal(hash, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // none is done
        } catch (ShortBufferException e) {
            throw new IllegalStateException("the hash has another length", e);
        }
    }

    /** Takes slices without copying them. */
    private final class IntoMac extends OutputStream {
        @Override
        public void write(int b) {
            mac.update((byte) b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            mac.update(bytes, offset, length);
        }
    }
}
