package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import org.jspecify.annotations.Nullable;

/** Counts what an exchange carries, and logs how it ended. */
final class LoggedExchange implements Exchange {

    private final Exchange exchange;
    private final ExchangeLog log;

    private boolean switched; // to raw bytes, whose directions end each on its own
    private boolean sendingEnded;
    private boolean receivingEnded;

    LoggedExchange(Exchange exchange, ExchangeLog log) {
        this.exchange = exchange;
        this.log = log;
    }

    @Override
    public boolean send(Bytes piece) throws ExchangeException, InterruptedException {
        boolean wanted = exchange.send(piece);
        log.in(wanted ? piece.length() : 0);
        if (!wanted) {
            ended(true);
        }
        return wanted;
    }

    @Override
    public void endRequest(Fields trailers) throws ExchangeException, InterruptedException {
        exchange.endRequest(trailers);
        ended(true);
    }

    private synchronized void ended(boolean sending) {
        sendingEnded |= sending;
        receivingEnded |= !sending;
        if (receivingEnded && (sendingEnded || !switched)) {
            log.end(null);
        }
    }

    private synchronized void answered(int status) {
        log.status(status);
        switched = status == 101;
    }

    @Override
    public ResponseHead receiveHead() throws ExchangeException, InterruptedException {
        try {
            ResponseHead head = exchange.receiveHead();
            answered(head.status());
            return head;
        } catch (ExchangeException e) {
            log.end(e.code());
            throw e;
        }
    }

    @Override
    public @Nullable Bytes receive() throws ExchangeException, InterruptedException {
        try {
            Bytes piece = exchange.receive();
            if (piece == null) {
                ended(false);
            } else {
                log.out(piece.length());
            }
            return piece;
        } catch (ExchangeException e) {
            log.end(e.code());
            throw e;
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
        log.end(reason.code());
    }
}
