package io.cloudtunnel.server.connection;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.http.HttpInput;
import io.cloudtunnel.protocol.session.FairShare;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an HTTP/2 connection on their way to Helidon, with a look at the frames (RFC 9113,
 * section 4.1): somebody is told of what Helidon does not tell.
 *
 * <p>What it gives ends at the latest with a stream's head, so that Helidon begins the stream
 * before it sees more. Empty pieces of a body are left out, since Helidon takes one for the end; a
 * head beyond its limits ends the connection before Helidon decodes it.
 */
final class Http2Input implements Supplier<byte[]> {

    /** What a client's connection begins with (RFC 9113, section 3.4). */
    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private static final int HEADER_BYTES = 9;

    /** What a frame costs beside its bytes: a flood of small ones is work, too. */
    private static final int FRAME_COST = 1024;

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;

    /** Is told of streams, by the thread that reads. */
    interface Streams {
        /** A head of this stream follows; perhaps it is one of trailers. */
        void head(int id, boolean endsStream);

        /** Says whether Helidon may see it: of a stream that it has forgotten it may not. */
        boolean reset(int id);

        /** A piece of a body; says whether anybody is there for it. */
        boolean data(int id, int length, boolean endsStream);

        /** Tells the client that its connection ends because of what it sends. */
        void refuse();
    }

    private final HttpInput in;
    private final FairShare share = new FairShare();
    private final Streams streams;
    private final Http2HeadGuard heads;
    private final byte[] header = new byte[HEADER_BYTES];
    private int headerLength;
    private int frames; // since the last piece
    private int payloadLeft;
    private boolean passes = true;
    private boolean isHead;
    private int prefaceLeft = PREFACE.length();
    private byte[] piece = new byte[0];
    private int at;
    private boolean refused;

    /**
     * The bytes of a connection.
     *
     * @param mostHeadBytes of one head, as it travels
     */
    Http2Input(HttpInput in, Streams streams, int mostHeadBytes) {
        this.in = in;
        this.streams = streams;
        this.heads = new Http2HeadGuard(mostHeadBytes);
    }

    @Override
    public byte @Nullable [] get() {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream(piece.length - at);
            while (out.size() == 0) {
                if (refused || (at == piece.length && !fill())) {
                    return null;
                }
                pass(out);
                if (refused) {
                    streams.refuse();
                    return null;
                }
            }
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean fill() throws IOException {
        Bytes taken = in.hasBuffered() || in.await() ? in.takeBuffered() : null;
        if (taken == null) {
            return false;
        }
        piece = taken.toByteArray();
        at = 0;
        share.passed(piece.length + frames * FRAME_COST);
        frames = 0;
        return true;
    }

    /** Up to the end of a stream's head, or of what there is. */
    private void pass(ByteArrayOutputStream out) {
        int preface = Math.min(prefaceLeft, piece.length);
        out.write(piece, at, preface);
        at += preface;
        prefaceLeft -= preface;
        boolean go = true;
        while (go && at < piece.length) {
            if (payloadLeft == 0) {
                readHeader(out);
            }
            int count = Math.min(payloadLeft, piece.length - at);
            refused |= isHead && !heads.payload(piece, at, at + count);
            if (passes) {
                out.write(piece, at, count);
            }
            at += count;
            payloadLeft -= count;
            go = !refused && !(isHead && payloadLeft == 0 && headerLength == 0);
        }
    }

    private void readHeader(ByteArrayOutputStream out) {
        isHead = false;
        int count = Math.min(HEADER_BYTES - headerLength, piece.length - at);
        System.arraycopy(piece, at, header, headerLength, count);
        headerLength += count;
        at += count;
        if (headerLength < HEADER_BYTES) {
            return;
        }
        headerLength = 0;
        frames++;
        payloadLeft = number(0);
        int type = header[3];
        boolean endsStream = (header[4] & END_STREAM) != 0;
        int id = ((header[5] & 0x7F) << 24) | number(6);
        isHead = type == HEADERS || type == CONTINUATION;
        passes =
                switch (type) {
                    case DATA ->
                            streams.data(id, payloadLeft, endsStream)
                                    && (payloadLeft > 0 || endsStream);
                    case RST_STREAM -> streams.reset(id);
                    default -> true;
                };
        if (type == HEADERS) {
            refused |= !heads.begin(header[4], payloadLeft);
            streams.head(id, endsStream);
        } else if (type == CONTINUATION) {
            refused |= !heads.goesOn(payloadLeft);
        }
        if (passes) {
            out.write(header, 0, HEADER_BYTES);
        }
    }

    private int number(int from) {
        int high = (header[from] & 0xFF) << 16;
        return high | ((header[from + 1] & 0xFF) << 8) | (header[from + 2] & 0xFF);
    }
}
