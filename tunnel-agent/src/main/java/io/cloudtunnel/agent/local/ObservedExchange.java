package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.ForwardingExchange;
import org.jspecify.annotations.Nullable;

/**
 * An exchange whose watcher is told what it carries, and how it ended. Each call goes on at once,
 * with nothing held.
 */
public final class ObservedExchange extends ForwardingExchange {

    private final Watcher watcher;

    // Of what is switched to raw bytes each direction ends on its own.
    private boolean switched;
    private boolean sendingEnded;
    private boolean receivingEnded;

    /** Is told by the threads of the exchange, each of a direction. None of it may block. */
    public interface Watcher {

        /** A piece of the request's body is sent next: no answer to it can have come. */
        void sending(Bytes piece);

        /** That piece was taken, to which the answer may have come. */
        default void sent(Bytes piece) {}

        /** It was not, and no more of the body is wanted. */
        void unwanted(Bytes piece);

        /** The request's end is sent next. */
        default void sendingEnd(Fields trailers) {}

        /** A head has come, perhaps an interim one. */
        void answered(ResponseHead head);

        /** A piece of the answer's body has come. */
        void received(Bytes piece);

        /** The answer is over. */
        default void receivedAll(Fields trailers) {}

        /**
         * The exchange is over. Only the first time counts.
         *
         * @param failure why it did not end well; null if it did
         */
        void ended(@Nullable ErrorCode failure);
    }

    /** Watches over an exchange that has just been opened. */
    public ObservedExchange(Exchange exchange, Watcher watcher) {
        super(exchange);
        this.watcher = watcher;
    }

    @Override
    public boolean send(Bytes piece) throws ExchangeException, InterruptedException {
        watcher.sending(piece);
        boolean wanted = super.send(piece);
        if (wanted) {
            watcher.sent(piece);
        } else {
            watcher.unwanted(piece);
            ended(true);
        }
        return wanted;
    }

    @Override
    public void endRequest(Fields trailers) throws ExchangeException, InterruptedException {
        watcher.sendingEnd(trailers);
        super.endRequest(trailers);
        ended(true);
    }

    private void ended(boolean sending) {
        if (bothEnded(sending)) {
            watcher.ended(null);
        }
    }

    private synchronized boolean bothEnded(boolean sending) {
        sendingEnded |= sending;
        receivingEnded |= !sending;
        return receivingEnded && (sendingEnded || !switched);
    }

    private synchronized void answered(boolean switching) {
        switched = switching;
    }

    @Override
    public ResponseHead receiveHead() throws ExchangeException, InterruptedException {
        try {
            ResponseHead head = super.receiveHead();
            answered(head.status() == 101);
            watcher.answered(head);
            return head;
        } catch (ExchangeException e) {
            watcher.ended(e.code());
            throw e;
        }
    }

    @Override
    public @Nullable Bytes receive() throws ExchangeException, InterruptedException {
        try {
            Bytes piece = super.receive();
            if (piece == null) {
                watcher.receivedAll(super.responseTrailers());
                ended(false);
            } else {
                watcher.received(piece);
            }
            return piece;
        } catch (ExchangeException e) {
            watcher.ended(e.code());
            throw e;
        }
    }

    @Override
    public void cancel(ExchangeException reason) {
        super.cancel(reason);
        watcher.ended(reason.code());
    }
}
