package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of one connection, one after another: a head, then its {@link #body} to its
 * end, then the next head. For one thread.
 *
 * <p>It waits as long as the stream does. After a {@link java.net.SocketTimeoutException} nothing
 * is lost, and the same call can be made again. After any other failure the connection is over.
 */
public final class HttpInput {

    private final ByteSource source;
    private final HttpLimits limits;
    private BodyReader body;
    private int interims;

    /** Reads from a stream, which needs no buffer of its own, and which stays the caller's. */
    public HttpInput(InputStream in, HttpLimits limits) {
        this.source = new ByteSource(in, limits.pieceBytes());
        this.limits = limits;
        this.body = new FixedBody(source, 0);
    }

    /**
     * Waits for the first byte of the next message.
     *
     * @return false if the connection ended instead
     */
    public boolean await() throws IOException {
        return source.buffered() > 0 || source.fill();
    }

    /**
     * Whether what follows begins with an ASCII text; waits for as many bytes as it takes to tell,
     * and takes none.
     */
    public boolean startsWith(String text) throws IOException {
        for (int i = 0; i < text.length(); i++) {
            if (source.buffered() == i && !source.fill()) {
                return false;
            }
            if (source.at(i) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Takes what is there without waiting; null if nothing is. */
    public @Nullable Bytes takeBuffered() {
        int count = source.buffered();
        if (count == 0) {
            return null;
        }
        byte[] taken = new byte[count];
        source.take(taken, 0, count);
        return Bytes.wrap(taken);
    }

    /** Keeps no buffer, unless something is there: what follows is read past it, or comes late. */
    public void release() {
        source.release();
    }

    /**
     * Whether bytes are there that nobody took. After a failed {@link #readResponse}: whether a
     * byte of the response had come. After a body's end: whether the peer sent more than it should,
     * or the next message.
     */
    public boolean hasBuffered() {
        return source.buffered() > 0;
    }

    /**
     * Reads the head of a request (RFC 9112, section 3). One empty line before it is skipped.
     *
     * @return null if the connection ended before its first byte
     * @throws HttpException if it is malformed or reaches a limit
     * @throws EOFException if the connection ended within it
     * @throws IllegalStateException if the body before it was not read to its end
     */
    public @Nullable ReceivedRequest readRequest() throws IOException {
        begin();
        if (!await()) {
            return null;
        }
        if (source.at(0) == '\r') {
            source.need(2);
        }
        int from = source.at(0) == '\r' && source.at(1) == '\n' ? 2 : 0;
        if (source.buffered() == from && !source.fill()) {
            return null;
        }
        int length = source.line(from, limits.startLineBytes(), 414);
        StartLine.Request line = StartLine.request(source, from, from + length);
        FieldBlock block = fields(from + length + 2);
        RequestRules.checkHost(line.version(), block.fields());
        BodyFraming framing = FramingRules.ofRequest(line.version(), block.fields());
        end(block, framing);
        return new ReceivedRequest(
                line.method(), line.target(), line.form(), line.version(), block.fields(), framing);
    }

    /**
     * Reads the head of a response (RFC 9112, section 4), which may be an interim one.
     *
     * @param method the method of the request that it answers
     * @return null if the connection ended before its first byte, no interim one having come before
     * @throws HttpException if it is malformed or reaches a limit; its status means nothing here
     * @throws EOFException if the connection ended within it, or after an interim one
     * @throws IllegalStateException if the body before it was not read to its end
     */
    public @Nullable ReceivedResponse readResponse(String method) throws IOException {
        begin();
        if (!await()) {
            if (interims > 0) {
                throw ByteSource.cut();
            }
            return null;
        }
        int length = source.line(0, limits.startLineBytes(), 400);
        StartLine.Status line = StartLine.status(source, length);
        FieldBlock block = fields(length + 2);
        BodyFraming framing =
                FramingRules.ofResponse(method, line.code(), line.version(), block.fields());
        ResponseHead head = new ResponseHead(line.code(), line.reason(), block.fields());
        if (head.isInterim() && interims == limits.interimResponses()) {
            throw HttpException.bad("more interim responses than allowed");
        }
        interims = head.isInterim() ? interims + 1 : 0;
        end(block, framing);
        return new ReceivedResponse(line.version(), head, framing);
    }

    /** How many bytes of what follows have come already: they are read without waiting. */
    public int bufferedBytes() {
        return source.buffered();
    }

    /** The body of the message whose head was read last. */
    public BodyReader body() {
        return body;
    }

    /** What the peer sends after a change of protocol, from the next byte on. */
    public BodyReader raw() {
        begin();
        body = new OpenBody(source, true);
        return body;
    }

    private void begin() {
        if (!body.ended()) {
            throw new IllegalStateException("the body before was not read to its end");
        }
    }

    private FieldBlock fields(int from) throws IOException {
        return FieldBlock.read(source, from, limits.headBytes(), limits.fieldCount());
    }

    private void end(FieldBlock block, BodyFraming framing) {
        source.skip(block.end());
        body =
                switch (framing.kind()) {
                    case NONE, FIXED -> new FixedBody(source, framing.length());
                    case CHUNKED -> new ChunkedBody(source, limits);
                    case UNTIL_CLOSE -> new OpenBody(source, false);
                    case RAW -> new OpenBody(source, true);
                };
        if (body.ended() || framing.kind() == BodyFraming.Kind.RAW) {
            source.shrink();
        }
    }
}
