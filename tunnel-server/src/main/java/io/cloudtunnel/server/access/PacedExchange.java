package io.cloudtunnel.server.access;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.ForwardingExchange;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * An exchange whose pieces wait for their turn, so that credit holds the sender back. Each of its
 * two threads waits for itself; cancelling wakes them.
 */
final class PacedExchange extends ForwardingExchange {

    /** What is owed beyond it is owed by the next piece: a client that is gone is to be noticed. */
    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(10);

    private final IntToLongFunction book;
    private final CountDownLatch cancelled = new CountDownLatch(1);

    /**
     * The same exchange at its pace.
     *
     * @param book takes bytes, and says for how many nanoseconds to wait
     */
    PacedExchange(Exchange exchange, IntToLongFunction book) {
        super(exchange);
        this.book = book;
    }

    private void pace(int bytes) throws InterruptedException {
        long wait = Math.min(book.applyAsLong(bytes), LONGEST_WAIT);
        if (wait > 0) {
            boolean ignored = cancelled.await(wait, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public boolean send(Bytes piece) throws ExchangeException, InterruptedException {
        pace(piece.length());
        return super.send(piece);
    }

    @Override
    public @Nullable Bytes receive() throws ExchangeException, InterruptedException {
        Bytes piece = super.receive();
        if (piece != null) {
            pace(piece.length());
        }
        return piece;
    }

    /** What waits for its turn is not there yet. */
    @Override
    public int readyBytes() {
        return 0;
    }

    @Override
    public void cancel(ExchangeException reason) {
        cancelled.countDown();
        super.cancel(reason);
    }
}
