package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way and its response, full duplex.
 *
 * <p>One thread sends, one receives (it may be the same), and any thread may cancel. The first
 * failure wins: every call that waits, and every later one, throws it. Each wait ends by a deadline
 * of the implementation's.
 *
 * <p>Upgrades (RFC 9110, section 7.8): a head with {@code Upgrade}, opened with a length of 0, asks
 * for another protocol; {@code Connection: Upgrade} is implied in both directions, and whoever
 * writes HTTP/1.1 adds it. Its opener neither sends nor ends the request before the final head has
 * come, whose deadline runs from the opening. If that is a 101, {@link #send} and {@link #receive}
 * carry raw bytes, without any limit on idleness or progress; {@link #endRequest}, without
 * trailers, and the null of {@code receive} each end one direction, and the other goes on. After
 * any other final head the response is an ordinary one, and the request has ended: {@link
 * #endRequest} may be called and does nothing.
 */
public interface Exchange {

    /** The length of a body that is not known before its end. */
    long UNKNOWN_LENGTH = -1;

    /**
     * Sends a piece of the request's body; blocks while there is no room for it.
     *
     * @return false if no more of the body is wanted, and this piece was dropped; the response goes
     *     on
     * @throws IllegalStateException if an upgrade was asked for and not answered yet
     */
    boolean send(Bytes piece) throws ExchangeException, InterruptedException;

    /**
     * Ends the request's body. Needed once also where there is no body, but for an upgrade that was
     * refused.
     *
     * @param trailers the trailer fields, mostly none
     * @throws IllegalStateException if an upgrade was asked for and not answered yet
     */
    void endRequest(Fields trailers) throws ExchangeException, InterruptedException;

    /** Waits for the next head: any number of 1xx, then the final one. */
    ResponseHead receiveHead() throws ExchangeException, InterruptedException;

    /**
     * Waits for the next piece of the response's body.
     *
     * @return null at its end
     */
    @Nullable Bytes receive() throws ExchangeException, InterruptedException;

    /** How many bytes {@link #receive} is known to return without waiting; 0 if none are. */
    default int readyBytes() {
        return 0;
    }

    /** The trailer fields, once {@link #receive} has returned null. */
    Fields responseTrailers();

    /**
     * Ends the exchange at once and frees what it holds. Whoever opened it calls this in the end,
     * also where it is complete; then it only frees. Does not block.
     */
    void cancel(ExchangeException reason);
}
