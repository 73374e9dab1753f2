package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One public request, whatever front end received it. One thread reads the body, one writes the
 * response (it may be the same).
 */
public interface PublicCall {

    /** The head as it came, with the raw target. */
    RequestHead head();

    /**
     * The host and port that the client asked for, which an absolute target has and {@code Host}
     * otherwise; null where it has neither.
     */
    @Nullable String host();

    /** The address that the connection comes from. */
    String peerHost();

    /** Whether the connection uses TLS here. */
    boolean isSecure();

    /** The protocol that the client speaks, as a request line has it. */
    default String protocol() {
        return "HTTP/1.1";
    }

    /** The length of the body in bytes, or {@code Exchange.UNKNOWN_LENGTH}. */
    long bodyLength();

    /**
     * The next piece of the body, null at its end.
     *
     * @throws io.cloudtunnel.protocol.http.HttpException if its message is malformed, or (408) it
     *     comes too slowly
     * @throws IOException if the client is gone
     */
    @Nullable Bytes read() throws IOException;

    /** The trailers of the request, once {@link #read} has returned null. */
    Fields requestTrailers();

    /** Whether the connection can change to another protocol after a 101. */
    boolean carriesUpgrades();

    /**
     * The next bytes of the other protocol, null at the end; there is no limit to the wait.
     *
     * @throws IOException if the client is gone
     */
    @Nullable Bytes readRaw() throws IOException;

    /**
     * What to do if the client leaves before it has the whole response; does not block. Only once
     * the request was read, and only where that can be noticed.
     */
    void onGone(Runnable action);

    /** Sends an interim response, where the client can take it. */
    void interim(ResponseHead head) throws IOException;

    /**
     * Begins the response.
     *
     * @param head the final head, without fields about the connection, but for {@code Connection:
     *     close} and what belongs to a 101
     * @param hasBody whether {@link #write} may follow; {@code Content-Length}, if it is there, is
     *     then well-formed and says how much
     */
    void begin(ResponseHead head, boolean hasBody) throws IOException;

    /** Writes a piece of the response's body. */
    void write(Bytes piece) throws IOException;

    /** Puts on its way what was written so far. */
    void flush() throws IOException;

    /**
     * Completes the response; after a 101, ends this direction.
     *
     * @param trailers sent where there is a place for them
     */
    void end(Fields trailers) throws IOException;

    /** How long a client that is still sending has to see a response that is complete. */
    Duration readOn();

    /**
     * The response is complete, and the rest of the request is not wanted: whoever reads it finds
     * its end, or fails. What was written of the response stays on its way. Does not block.
     */
    void stopReading();

    /** Breaks the response off, so that the client does not take it for complete. */
    void abort();
}
