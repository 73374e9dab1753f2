package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One public request, whatever front end received it. One thread reads the body, one writes the
 * response (it may be the same).
 */
public interface PublicCall {

    /** The head as it came, with the raw target. */
    RequestHead head();

    /** The address that the connection comes from. */
    String peerHost();

    /** Whether the connection uses TLS here. */
    boolean isSecure();

    /** The length of the body in bytes, or {@code Exchange.UNKNOWN_LENGTH}. */
    long bodyLength();

    /**
     * The next piece of the body, null at its end.
     *
     * @throws IOException if the client is gone or its message is malformed
     */
    @Nullable Bytes read() throws IOException;

    /**
     * Begins the response.
     *
     * @param head the final head, without fields about the connection
     * @param hasBody whether {@link #write} may follow
     */
    void begin(ResponseHead head, boolean hasBody) throws IOException;

    /** Writes a piece of the response's body. */
    void write(Bytes piece) throws IOException;

    /** Puts on its way what was written so far. */
    void flush() throws IOException;

    /** Completes the response. */
    void end() throws IOException;

    /** Breaks the response off, so that the client does not take it for complete. */
    void abort();
}
