package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import org.jspecify.annotations.Nullable;

/** An exchange that does as another one, but for what a subclass changes. Safe as that one is. */
public abstract class ForwardingExchange implements Exchange {

    private final Exchange exchange;

    /** One that does as this exchange. */
    protected ForwardingExchange(Exchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public boolean send(Bytes piece) throws ExchangeException, InterruptedException {
        return exchange.send(piece);
    }

    @Override
    public void endRequest(Fields trailers) throws ExchangeException, InterruptedException {
        exchange.endRequest(trailers);
    }

    @Override
    public ResponseHead receiveHead() throws ExchangeException, InterruptedException {
        return exchange.receiveHead();
    }

    @Override
    public @Nullable Bytes receive() throws ExchangeException, InterruptedException {
        return exchange.receive();
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
    }
}
