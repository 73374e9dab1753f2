package io.cloudtunnel.agent.inspect;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import org.jspecify.annotations.Nullable;

/** Keeps what an exchange carries; each call goes on at once, with nothing held. */
final class CapturedExchange implements Exchange {

    private final Exchange exchange;
    private final Capture capture;
    private final Captures captures;

    // Of an upgraded connection each direction ends on its own.
    private boolean sendingEnded;
    private boolean receivingEnded;

    CapturedExchange(Exchange exchange, Capture capture, Captures captures) {
        this.exchange = exchange;
        this.capture = capture;
        this.captures = captures;
    }

    @Override
    public boolean send(Bytes piece) throws ExchangeException, InterruptedException {
        boolean wanted = exchange.send(piece);
        if (wanted) {
            capture.requestBody().add(piece);
        } else {
            capture.requestBody().skip();
            ended(true);
        }
        return wanted;
    }

    @Override
    public void endRequest(Fields trailers) throws ExchangeException, InterruptedException {
        exchange.endRequest(trailers);
        capture.sent(trailers);
        ended(true);
    }

    @Override
    public ResponseHead receiveHead() throws ExchangeException, InterruptedException {
        try {
            ResponseHead head = exchange.receiveHead();
            capture.answered(head);
            captures.changed();
            return head;
        } catch (ExchangeException e) {
            end(e.code());
            throw e;
        }
    }

    @Override
    public @Nullable Bytes receive() throws ExchangeException, InterruptedException {
        try {
            Bytes piece = exchange.receive();
            if (piece == null) {
                capture.answerEnded(exchange.responseTrailers());
                ended(false);
            } else {
                capture.responseBody().add(piece);
            }
            return piece;
        } catch (ExchangeException e) {
            end(e.code());
            throw e;
        }
    }

    private void ended(boolean sending) {
        if (bothEnded(sending)) {
            end(null);
        }
    }

    private synchronized boolean bothEnded(boolean sending) {
        sendingEnded |= sending;
        receivingEnded |= !sending;
        return receivingEnded && (sendingEnded || !capture.switched());
    }

    private void end(@Nullable ErrorCode why) {
        if (capture.end(why)) {
            captures.changed();
        }
    }

    @Override
    public int readyBytes() {
        return exchange.readyBytes();
    }

    @Override
    public Fields responseTrailers() {
        return exchange.responseTrailers();
    }

    @Override
    public void cancel(ExchangeException reason) {
        exchange.cancel(reason);
        end(reason.code());
    }
}
