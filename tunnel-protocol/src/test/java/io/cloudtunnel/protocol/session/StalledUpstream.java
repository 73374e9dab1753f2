package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A local service that neither takes anything nor answers, until it is cancelled. */
final class StalledUpstream implements Upstream {

    @Override
    public Exchange open(RequestHead head, long bodyLength) {
        return new Stalled();
    }

    private static final class Stalled implements Exchange {
        private final CompletableFuture<ExchangeException> cancelled = new CompletableFuture<>();

        private ExchangeException await() throws InterruptedException {
            try {
                return cancelled.get();
            } catch (ExecutionException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public boolean send(Bytes piece) throws ExchangeException, InterruptedException {
            throw await();
        }

        @Override
        public void endRequest(Fields trailers) {
            // Never used.
        }

        @Override
        public ResponseHead receiveHead() throws ExchangeException, InterruptedException {
            throw await();
        }

        @Override
        public @Nullable Bytes receive() throws ExchangeException, InterruptedException {
            throw await();
        }

        @Override
        public Fields responseTrailers() {
            return Fields.EMPTY;
        }

        @Override
        public void cancel(ExchangeException reason) {
            cancelled.complete(reason);
        }
    }
}
