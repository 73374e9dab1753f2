package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Limits;
import java.io.IOException;

/**
 * Sends whole messages on a link, one at a time, and until it is a message's turn it can be taken
 * back. Large ones take turns to be encoded, too, so that of all that wait for the link only one is
 * held as a body and as a text. Safe for use by several threads.
 */
final class JsonSender {

    private static final int LARGE = WholeAnswer.PIECE;

    private final Link link;
    private final Limits limits;
    private final Turns encoding = new Turns();
    private final Turns writing = new Turns();

    JsonSender(Link link, Limits limits) {
        this.link = link;
        this.limits = limits;
    }

    /** A message that is made of a body. */
    interface Outgoing {
        Bytes encode(Bytes body);

        /**
         * It is about to be written, and cannot be taken back from now on.
         *
         * @throws ExchangeException if it is not to be written
         */
        default void begins() throws ExchangeException {}
    }

    /**
     * Encodes and sends; blocks while others have their turn, and while the link takes no bytes,
     * which has a limit of the link's.
     *
     * @param body gives back what it holds by {@code close}, which is the caller's
     * @param wait given up by whoever does not want it to be sent any more
     * @return false if there is no memory for the text, so that nothing was sent
     * @throws ExchangeException if its turn did not come in time, or it was given up: nothing was
     *     sent then, too
     */
    boolean send(BodyBuffer body, Turns.Wait wait, Outgoing message)
            throws IOException, ExchangeException, InterruptedException {
        long until = System.nanoTime() + limits.turnWait().toNanos();
        if (body.length() <= LARGE) {
            return encodeAndWrite(body, wait, until, message);
        }
        await(encoding, wait, until);
        try {
            return encodeAndWrite(body, wait, until, message);
        } finally {
            encoding.end();
        }
    }

    private boolean encodeAndWrite(
            BodyBuffer body, Turns.Wait wait, long untilNanos, Outgoing message)
            throws IOException, ExchangeException, InterruptedException {
        try (body) { // before the next one has its turn, since memory is there for one text
            if (!body.reserveForEncoding()) {
                return false;
            }
            Bytes text = message.encode(body.join());
            await(writing, wait, untilNanos);
            try {
                message.begins();
                link.send(new Message.Text(text));
                return true;
            } finally {
                writing.end();
            }
        }
    }

    private void await(Turns turns, Turns.Wait wait, long untilNanos)
            throws ExchangeException, InterruptedException {
        if (!turns.begin(wait, untilNanos)) {
            throw JsonFailures.noTurn(limits);
        }
    }

    /** How many bytes have left, as {@link Link#bytesSent}. */
    long bytesSent() {
        return link.bytesSent();
    }
}
