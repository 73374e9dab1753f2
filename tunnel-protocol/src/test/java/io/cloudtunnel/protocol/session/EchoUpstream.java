package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A local service that answers with what it receives, as it receives it; it holds one piece. */
final class EchoUpstream implements Upstream {

    final AtomicInteger open = new AtomicInteger();

    @Override
    public Exchange open(RequestHead head, long bodyLength) {
        open.incrementAndGet();
        return new Echo(head, bodyLength);
    }

    private final class Echo implements Exchange {
        private final RequestHead head;
        private final long length;
        private final ArrayDeque<Bytes> held = new ArrayDeque<>(); // all guarded by this
        private boolean headTaken;
        private boolean ended;
        private Fields trailers = Fields.EMPTY;
        private @Nullable ExchangeException failure;

        Echo(RequestHead head, long length) {
            this.head = head;
            this.length = length;
        }

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
            trailers = last;
            notifyAll();
        }

        @Override
        public synchronized ResponseHead receiveHead() {
            if (headTaken) {
                throw new AssertionError("a second head");
            }
            headTaken = true;
            Fields fields = head.fields();
            if (length >= 0 && !fields.contains("Content-Length")) {
                fields = fields.toBuilder().set("Content-Length", Long.toString(length)).build();
            }
            return new ResponseHead(200, "OK", fields);
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
        public synchronized Fields responseTrailers() {
            return trailers;
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
