package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** All that follows, up to the end of the connection. */
final class OpenBody implements BodyReader {

    private final ByteSource source;
    private boolean ended;

    OpenBody(ByteSource source) {
        this.source = source;
    }

    @Override
    public @Nullable Bytes read() throws IOException {
        Bytes piece = ended ? null : source.piece(Long.MAX_VALUE);
        ended = piece == null;
        return piece;
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public Fields trailers() {
        return Fields.EMPTY;
    }
}
