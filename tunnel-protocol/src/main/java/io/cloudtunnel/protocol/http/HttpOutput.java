package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes the messages of one connection, one after another: a head, pieces of its body, its end.
 * For one thread.
 *
 * <p>What is written waits in a buffer, so that a head and the body's first piece leave in one
 * write, and a chunk's size, data and end too. {@link #flush} sends it; so do {@link #end}, an
 * interim response, and a full buffer. A large piece of a body that is not chunked goes out
 * uncopied.
 *
 * <p>Nothing that is written can add a line to a head: names, values, methods, targets and reasons
 * are checked before anything is written, and {@link IllegalArgumentException} refuses them;
 * another head may then be tried. After any other failure the connection is over, and further heads
 * are refused.
 */
public final class HttpOutput {

    /** From here on a piece is not copied where nothing waits before it. */
    private static final int DIRECT_BYTES = 4 * 1024;

    /** The longest chunk that is written; a longer piece becomes several. */
    private static final int CHUNK_BYTES = 64 * 1024;

    private final OutputBuffer buffer;
    private BodyFraming framing = BodyFraming.NONE;
    private boolean open;
    private long left;

    /** Writes to a stream, which needs no buffer of its own, and which stays the caller's. */
    public HttpOutput(OutputStream out) {
        this.buffer = new OutputBuffer(out);
    }

    /**
     * Writes the head of an HTTP/1.1 request (RFC 9112, section 3).
     *
     * @param framing {@code NONE}, {@code FIXED} or {@code CHUNKED}. The field that states it is
     *     added where it is missing, and refused where it differs
     * @throws IllegalStateException if the message before was not ended
     */
    public void writeRequest(String method, String target, Fields fields, BodyFraming framing)
            throws IOException {
        checkEnded();
        HeadRules.checkRequest(method, target, fields, framing);
        open = true;
        buffer.text(method).text(" ").text(target).text(" HTTP/1.1\r\n");
        head(fields, framing);
    }

    /**
     * Writes the head of an HTTP/1.1 response (RFC 9112, section 4). An interim one is sent at
     * once, and the next head may follow; any other needs {@link #end}.
     *
     * @param framing how the body is sent; {@code NONE} where there is none, also in a response to
     *     HEAD or with 304, whose {@code Content-Length} may then state any length. With 1xx and
     *     204 a {@code Content-Length} is left out (RFC 9110, section 8.6)
     * @throws IllegalStateException if the message before was not ended
     */
    public void writeResponse(int status, String reason, Fields fields, BodyFraming framing)
            throws IOException {
        checkEnded();
        HeadRules.checkResponse(status, reason, fields, framing);
        open = true;
        buffer.text("HTTP/1.1 ").text(Integer.toString(status)).text(" ");
        buffer.text(reason).text("\r\n");
        boolean noLength = status < 200 || status == 204;
        head(noLength ? fields.without("Content-Length") : fields, framing);
        if (status < 200 && status != 101) {
            open = false;
            flush();
        }
    }

    /**
     * Writes a piece of the body; an empty one does nothing.
     *
     * @throws HttpException if the body gets longer than its {@code Content-Length}; nothing of the
     *     piece was written
     */
    public void write(Bytes piece) throws IOException {
        if (!open) {
            throw new IllegalStateException("no message is open");
        }
        if (piece.isEmpty()) {
            return;
        }
        switch (framing.kind()) {
            case NONE, FIXED -> {
                if (piece.length() > left) {
                    throw HttpException.bad("the body is longer than stated");
                }
                left -= piece.length();
                plain(piece);
            }
            case CHUNKED -> chunks(piece);
            case UNTIL_CLOSE, RAW -> plain(piece);
        }
    }

    /** Ends the message without trailers: see {@link #end(Fields)}. */
    public void end() throws IOException {
        end(Fields.EMPTY);
    }

    /**
     * Ends the message and sends all of it.
     *
     * @param trailers sent after a chunked body; dropped after any other, which has no place for
     *     them
     * @throws HttpException if the body is shorter than its {@code Content-Length}
     */
    public void end(Fields trailers) throws IOException {
        if (!open) {
            throw new IllegalStateException("no message is open");
        }
        if (left > 0) {
            throw HttpException.bad("the body is shorter than stated");
        }
        if (framing.kind() == BodyFraming.Kind.CHUNKED) {
            HeadRules.checkTrailers(trailers);
            buffer.text("0\r\n").fields(trailers).text("\r\n");
        }
        flush();
        buffer.shrink();
        open = false;
    }

    /**
     * Changes the protocol (RFC 9110, section 7.8), once the peer has agreed: from now on each
     * piece goes out as it is, past the buffer, which an idle connection need not keep.
     *
     * @throws IllegalStateException if no head was written, or its body is not complete
     */
    public void raw() throws IOException {
        if (!open || left > 0 || framing.kind() == BodyFraming.Kind.CHUNKED) {
            throw new IllegalStateException("no message is open that could lead to it");
        }
        framing = BodyFraming.RAW;
        flush();
        buffer.release();
    }

    /** Sends what waits. */
    public void flush() throws IOException {
        buffer.flush();
    }

    private void checkEnded() {
        if (open) {
            throw new IllegalStateException("the message before was not ended");
        }
    }

    private void head(Fields fields, BodyFraming kind) throws IOException {
        buffer.fields(fields);
        switch (kind.kind()) {
            case FIXED -> {
                if (!fields.contains("Content-Length")) {
                    buffer.text("Content-Length: ").text(Long.toString(kind.length()));
                    buffer.text("\r\n");
                }
            }
            case CHUNKED -> buffer.text("Transfer-Encoding: chunked\r\n");
            case NONE, UNTIL_CLOSE, RAW -> {}
        }
        buffer.text("\r\n");
        framing = kind;
        left = Math.max(0, kind.length());
    }

    private void plain(Bytes piece) throws IOException {
        boolean large = piece.length() >= DIRECT_BYTES;
        if (buffer.isEmpty() && (large || framing.kind() == BodyFraming.Kind.RAW)) {
            buffer.direct(piece);
        } else {
            buffer.bytes(piece);
        }
    }

    private void chunks(Bytes piece) throws IOException {
        for (int from = 0; from < piece.length(); from += CHUNK_BYTES) {
            Bytes chunk = piece.slice(from, Math.min(piece.length(), from + CHUNK_BYTES));
            // One copy costs less than two more system calls for the lines around the data.
            buffer.text(Integer.toHexString(chunk.length())).text("\r\n");
            buffer.bytes(chunk).text("\r\n");
        }
    }
}
