package io.cloudtunnel.server.relay;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.Upstream;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A local service that answers with what it receives, as it receives it; it holds one piece. */
final class EchoUpstream implements Upstream {

    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger open = new AtomicInteger();

    @Override
    public Exchange open(RequestHead head, long bodyLength) {
        opened.incrementAndGet();
        open.incrementAndGet();
        return new Echo();
    }

    private final class Echo implements Exchange {
        private final ArrayDeque<Bytes> held = new ArrayDeque<>(); // all guarded by this
        private boolean ended;
        private @Nullable ExchangeException failure;

        private void check() throws ExchangeException {
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public synchronized boolean send(Bytes piece)
                throws ExchangeException, InterruptedException {
            while (!held.isEmpty() && failure == null) {
                wait(20_000);
            }
            check();
            held.add(piece);
            notifyAll();
            return true;
        }

        @Override
        public synchronized void endRequest(Fields last) {
            ended = true;
            notifyAll();
        }

        @Override
        public ResponseHead receiveHead() {
            return new ResponseHead(200, "OK", Fields.EMPTY);
        }

        @Override
        public synchronized @Nullable Bytes receive()
                throws ExchangeException, InterruptedException {
            while (held.isEmpty() && !ended && failure == null) {
                wait(20_000);
            }
            check();
            Bytes piece = held.poll();
            notifyAll();
            return piece;
        }

        @Override
        public Fields responseTrailers() {
            return Fields.EMPTY;
        }

        @Override
        public synchronized void cancel(ExchangeException reason) {
            if (failure == null) {
                failure = reason;
                open.decrementAndGet();
                notifyAll();
            }
        }
    }
}
