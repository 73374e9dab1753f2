package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** All that follows, up to the end of the connection. */
final class OpenBody implements BodyReader {

    private final ByteSource source;
    private final boolean patient;
    private boolean ended;

    /**
     * What follows.
     *
     * @param patient whether the peer may be silent for hours, and little is to be kept meanwhile
     */
    OpenBody(ByteSource source, boolean patient) {
        this.source = source;
        this.patient = patient;
    }

    @Override
    public @Nullable Bytes read() throws IOException {
        if (patient && !ended) {
            source.rest();
        }
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
