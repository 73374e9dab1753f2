package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A body of known length, also of none (RFC 9112, section 6.2). */
final class FixedBody implements BodyReader {

    private final ByteSource source;
    private long left;

    FixedBody(ByteSource source, long length) {
        this.source = source;
        this.left = length;
    }

    @Override
    public @Nullable Bytes read() throws IOException {
        if (left == 0) {
            return null;
        }
        Bytes piece = source.piece(left);
        if (piece == null) {
            throw ByteSource.cut();
        }
        left -= piece.length();
        if (left == 0) {
            source.shrink();
        }
        return piece;
    }

    @Override
    public boolean ended() {
        return left == 0;
    }

    @Override
    public Fields trailers() {
        return Fields.EMPTY;
    }
}
