package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Tokens;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A body in chunked transfer coding (RFC 9112, section 7.1). Chunks that have arrived together are
 * joined into one piece; a large one is handed out in pieces as it arrives.
 */
final class ChunkedBody implements BodyReader {

    private static final int MAX_SIZE_DIGITS = 16;

    /** What a chunk's line may take before it counts as overhead. */
    private static final int FREE_LINE_BYTES = 16;

    private enum State {
        /** Before the line with a chunk's size. */
        SIZE,
        /** Within the data of a chunk. */
        DATA,
        /** Before the CRLF that ends a chunk. */
        DATA_END,
        /** Before the trailer fields. */
        TRAILERS,
        /** After the last byte. */
        ENDED
    }

    private final ByteSource source;
    private final HttpLimits limits;
    private State state = State.SIZE;

    /** The bytes of the current chunk that are still to come. */
    private long left;

    private long overhead;
    private Fields trailers = Fields.EMPTY;

    ChunkedBody(ByteSource source, HttpLimits limits) {
        this.source = source;
        this.limits = limits;
    }

    @Override
    public @Nullable Bytes read() throws IOException {
        for (; ; ) {
            switch (state) {
                case SIZE -> takeSize(source.line(0, limits.chunkLineBytes(), 400));
                case DATA -> {
                    return data();
                }
                case DATA_END -> takeDataEnd();
                case TRAILERS -> takeTrailers();
                case ENDED -> {
                    return null;
                }
            }
        }
    }

    @Override
    public boolean ended() {
        return state == State.ENDED;
    }

    @Override
    public Fields trailers() {
        return trailers;
    }

    private Bytes data() throws IOException {
        if (source.buffered() == 0 && left >= limits.pieceBytes()) {
            Bytes piece = source.piece(left);
            if (piece == null) {
                throw ByteSource.cut();
            }
            taken(piece.length());
            return piece;
        }
        source.need(1);
        byte[] piece = new byte[Math.min(limits.pieceBytes(), source.buffered())];
        int count = gather(piece);
        // A slice would keep the whole array alive.
        return count < piece.length / 2
                ? Bytes.copyOf(piece, 0, count)
                : Bytes.wrap(piece, 0, count);
    }

    /** Collects the data of all chunks that are in the buffer; waits for nothing. */
    private int gather(byte[] piece) throws IOException {
        int count = 0;
        while (count < piece.length && atData()) {
            int some = Math.min(piece.length - count, source.buffered());
            some = (int) Math.min(some, left);
            source.take(piece, count, some);
            count += some;
            taken(some);
        }
        return count;
    }

    /** Whether the next byte in the buffer is data, once the line before it is taken. */
    private boolean atData() throws IOException {
        if (state == State.DATA_END && source.buffered() >= 2) {
            takeDataEnd();
        }
        if (state == State.SIZE) {
            int length = source.lineIfThere(0, 0, limits.chunkLineBytes(), 400);
            if (length >= 0) {
                takeSize(length);
            }
        }
        return state == State.DATA && source.buffered() > 0;
    }

    private void taken(int count) {
        left -= count;
        overhead = Math.max(0, overhead - count);
        if (left == 0) {
            state = State.DATA_END;
        }
    }

    private void takeDataEnd() throws IOException {
        source.need(1);
        if (source.at(0) == '\r') {
            source.need(2);
        }
        if (source.at(0) != '\r' || source.at(1) != '\n') {
            throw HttpException.bad("no CRLF after the data of a chunk");
        }
        source.skip(2);
        state = State.SIZE;
    }

    private void takeSize(int length) throws HttpException {
        left = size(length);
        source.skip(length + 2);
        overhead += Math.max(0, length - FREE_LINE_BYTES);
        if (overhead > limits.chunkOverheadBytes()) {
            throw HttpException.bad("more chunk extensions than allowed");
        }
        state = left == 0 ? State.TRAILERS : State.DATA;
    }

    private long size(int length) throws HttpException {
        long size = 0;
        int at = 0;
        for (; at < length && Tokens.hex(source.at(at)) >= 0; at++) {
            size = size << 4 | Tokens.hex(source.at(at));
        }
        if (at == 0 || at > MAX_SIZE_DIGITS || size < 0) {
            throw HttpException.bad("a chunk size is malformed or too large");
        }
        checkExtensions(at, length);
        return size;
    }

    /** They are skipped, but only where they cannot be taken for anything else. */
    private void checkExtensions(int from, int length) throws HttpException {
        int at = from;
        while (at < length && Tokens.isBlank(source.at(at))) {
            at++;
        }
        if (from < length && (at == length || source.at(at) != ';')) {
            throw HttpException.bad("a chunk size is malformed");
        }
        for (; at < length; at++) {
            if (!Tokens.isValue(source.at(at))) {
                throw HttpException.bad("a chunk extension has a control character");
            }
        }
    }

    private void takeTrailers() throws IOException {
        FieldBlock block = FieldBlock.read(source, 0, limits.trailerBytes(), limits.fieldCount());
        source.skip(block.end());
        source.shrink();
        trailers = block.fields();
        state = State.ENDED;
    }
}
