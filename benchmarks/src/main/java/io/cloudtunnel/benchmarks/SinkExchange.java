package io.cloudtunnel.benchmarks;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A local service in memory: takes a body at once, and answers without one at its end. */
final class SinkExchange implements Exchange {

    private final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public boolean send(Bytes piece) {
        return true;
    }

    @Override
    public void endRequest(Fields trailers) {
        ended.countDown();
    }

    @Override
    public ResponseHead receiveHead() throws InterruptedException {
        ended.await();
        return new ResponseHead(204, Fields.EMPTY);
    }

    @Override
    public @Nullable Bytes receive() {
        return null;
    }

    @Override
    public Fields responseTrailers() {
        return Fields.EMPTY;
    }

    @Override
    public void cancel(ExchangeException reason) {
        ended.countDown();
    }
}
