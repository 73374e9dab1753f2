package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.RequestHead;
import java.util.function.Consumer;

/**
 * Where a request can be sent: an agent's link, a link that another instance holds, or the local
 * service itself. Safe for use by several threads.
 */
public interface Upstream {

    /**
     * Begins an exchange.
     *
     * @param head the head, without hop-by-hop fields
     * @param bodyLength the length of the body in bytes, 0 for none, or {@link
     *     Exchange#UNKNOWN_LENGTH}. A {@code Content-Length} among the fields agrees with it
     * @throws ExchangeException if it cannot begin; then nothing of the request was sent
     */
    Exchange open(RequestHead head, long bodyLength) throws ExchangeException, InterruptedException;

    /**
     * The same for somebody who may leave before there is an exchange that could be cancelled.
     *
     * @param onGone takes what has to be done if that happens; it may be called several times, and
     *     the last one counts
     */
    default Exchange open(RequestHead head, long bodyLength, Consumer<Runnable> onGone)
            throws ExchangeException, InterruptedException {
        return open(head, bodyLength); // nothing here waits for long
    }

    /**
     * Whether interim responses come back. Where they do not, whoever opens an exchange answers an
     * {@code Expect: 100-continue} (RFC 9110, section 10.1.1) and does not pass it on.
     */
    default boolean carriesInterim() {
        return true;
    }
}
