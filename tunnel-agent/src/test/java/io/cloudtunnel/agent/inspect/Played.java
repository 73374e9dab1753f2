package io.cloudtunnel.agent.inspect;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An exchange whose answer a test has written; its request is taken, or not wanted. */
class Played implements Exchange {

    private final Deque<ResponseHead> heads;
    private final Deque<Bytes> pieces;
    boolean wanted = true;
    @Nullable ExchangeException failure;

    Played(List<ResponseHead> heads, Bytes... pieces) {
        this.heads = new ArrayDeque<>(heads);
        this.pieces = new ArrayDeque<>(List.of(pieces));
    }

    @Override
    public boolean send(Bytes piece) {
        return wanted;
    }

    @Override
    public void endRequest(Fields trailers) {}

    @Override
    public ResponseHead receiveHead() throws ExchangeException {
        fail();
        return heads.remove();
    }

    @Override
    public @Nullable Bytes receive() throws ExchangeException {
        fail();
        return pieces.poll();
    }

    private void fail() throws ExchangeException {
        ExchangeException now = failure;
        if (now != null) {
            throw now;
        }
    }

    @Override
    public Fields responseTrailers() {
        return Fields.of("X-Sum", "1");
    }

    @Override
    public void cancel(ExchangeException reason) {}
}
