package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * Sends whole messages on a link. Large ones take turns to be encoded, so that of all that wait for
 * the link only one is held as a body and as a text. Safe for use by several threads.
 */
final class JsonSender {

    private static final int LARGE = WholeAnswer.PIECE;

    private final Link link;
    private final Semaphore turn = new Semaphore(1, true);

    JsonSender(Link link) {
        this.link = link;
    }

    /** Makes a message of a body. */
    interface Encoding {
        Bytes encode(Bytes body) throws ExchangeException;
    }

    /**
     * Encodes and sends; blocks while others have their turn, and while the link takes no bytes,
     * which has a limit of the link's.
     *
     * @param body gives back what it holds by {@code close}, which is the caller's
     * @return false if there is no memory for the text, so that nothing was sent
     */
    boolean send(BodyBuffer body, Encoding encoding)
            throws IOException, ExchangeException, InterruptedException {
        boolean large = body.length() > LARGE;
        if (large) {
            turn.acquire();
        }
        try {
            if (!body.reserveForEncoding()) {
                return false;
            }
            link.send(new Message.Text(encoding.encode(body.join())));
            return true;
        } finally {
            body.close();
            if (large) {
                turn.release();
            }
        }
    }
}
