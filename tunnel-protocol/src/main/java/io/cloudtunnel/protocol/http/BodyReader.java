package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The body of the message whose head was read last. For one thread.
 *
 * <p>A body that was cut never looks complete, except one that ends with the connection: there the
 * two cannot be told apart (RFC 9112, section 8).
 */
public sealed interface BodyReader permits FixedBody, ChunkedBody, OpenBody {

    /**
     * Waits for the next piece: what has arrived, from one byte up to {@link
     * HttpLimits#pieceBytes}.
     *
     * @return null at the end of the body, and from then on
     * @throws java.io.EOFException if the connection ends before the body does
     * @throws HttpException if the chunked coding is malformed or reaches a limit
     */
    @Nullable Bytes read() throws IOException;

    /** Whether the end of the body was reached: {@link #read} would return null at once. */
    boolean ended();

    /** The trailer fields as they came, once the body has ended; mostly none. */
    Fields trailers();
}
