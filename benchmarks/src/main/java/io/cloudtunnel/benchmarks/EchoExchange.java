package io.cloudtunnel.benchmarks;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** A local service in memory: answers with the request's body, as it comes. */
final class EchoExchange implements Exchange {

    private static final int PIECES = 4;

    private final BlockingQueue<Bytes> pieces = new ArrayBlockingQueue<>(PIECES);

    @Override
    public boolean send(Bytes piece) throws InterruptedException {
        pieces.put(piece);
        return true;
    }

    @Override
    public void endRequest(Fields trailers) throws InterruptedException {
        pieces.put(Bytes.EMPTY);
    }

    @Override
    public ResponseHead receiveHead() {
        return new ResponseHead(200, Fields.of("Content-Type", "application/octet-stream"));
    }

    @Override
    public @Nullable Bytes receive() throws InterruptedException {
        Bytes piece = pieces.take();
        return piece.isEmpty() ? null : piece;
    }

    @Override
    public Fields responseTrailers() {
        return Fields.EMPTY;
    }

    @Override
    public void cancel(ExchangeException reason) {
        // Nothing is held.
    }
}
