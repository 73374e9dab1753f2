package io.cloudtunnel.agent;

import io.cloudtunnel.agent.local.InProcessExchange;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A request for a {@link LocalHandler}, and its answer. Bodies are streamed both ways and may
 * overlap; of each direction at most one piece, 64 KiB, is held here. One thread may read while
 * another one writes.
 */
public final class LocalCall {

    private final InProcessExchange exchange;

    LocalCall(InProcessExchange exchange) {
        this.exchange = exchange;
    }

    /**
     * Method, raw path, raw query and fields, as they came through the tunnel: without hop-by-hop
     * fields, with {@code X-Forwarded-For} and the others that the server sets. An {@code Upgrade}
     * is left out: a handler does not change protocols.
     */
    public RequestHead head() {
        return exchange.asked();
    }

    /** The request's body; its reads wait, and throw once the exchange has failed. */
    public InputStream body() {
        return exchange.body();
    }

    /**
     * Begins the answer; its head goes out at once. Each call of the stream's {@code write} is
     * passed on by itself and waits while the client is slow, so many small ones want a buffer. Of
     * a body that cannot be (HEAD, 204, 304) nothing is passed on. A {@code Content-Length} among
     * the fields is kept to: more throws, and less cuts the answer.
     *
     * @param status 200 to 999
     * @param fields hop-by-hop fields, and those of the tunnel's own, are left out
     * @throws IllegalArgumentException if the status or a field cannot be sent
     * @throws IllegalStateException if the answer has begun before
     * @throws IOException if the exchange has failed
     */
    public OutputStream answer(int status, Fields fields) throws IOException {
        return exchange.answer(new ResponseHead(status, fields));
    }

    /**
     * Gives the whole answer.
     *
     * @param contentType such as {@code text/plain; charset=utf-8}
     * @param body is not changed afterwards
     * @throws IllegalArgumentException if the status or the type cannot be sent
     * @throws IllegalStateException if the answer has begun before
     * @throws IOException if the exchange has failed
     */
    public void answer(int status, String contentType, byte[] body) throws IOException {
        Fields fields =
                Fields.of(
                        "Content-Type",
                        contentType,
                        "Content-Length",
                        Integer.toString(body.length));
        exchange.answer(new ResponseHead(status, fields), Bytes.wrap(body));
    }
}
