package io.cloudtunnel.agent.inspect;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Sends requests that are kept to the local service again, each on a virtual thread of its own.
 * Safe for use by several threads.
 */
final class Resender {

    /** So many may be on their way. */
    static final int MOST = 4;

    /** Of an answer so much is read. */
    static final long MOST_ANSWER = 1024 * 1024;

    private static final long MOST_SECONDS = 30;
    private static final int ID_BYTES = 8;

    private final CapturedUpstream upstream;
    private final Captures captures;
    private final ScheduledExecutorService timer;
    private final Semaphore places = new Semaphore(MOST);
    private final SecureRandom random = new SecureRandom();

    Resender(CapturedUpstream upstream, Captures captures, ScheduledExecutorService timer) {
        this.upstream = upstream;
        this.captures = captures;
        this.timer = timer;
    }

    /**
     * Sends one again, of which {@link Capture#notAgain} says nothing; does not wait for it.
     *
     * @return its number; -1 if as many are on their way as may
     */
    long send(Capture original) {
        if (!places.tryAcquire()) {
            return -1;
        }
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        RequestHead head =
                original.head()
                        .with(
                                original.head().fields().toBuilder()
                                        .remove("Expect") // the body follows in any case
                                        .set("X-Request-Id", HexFormat.of().formatHex(id))
                                        .build());
        Capture fresh = captures.begin(head, original.bodyLength(), original.number());
        Thread.ofVirtual()
                .name("tunnel-agent-send-again")
                .start(() -> {
                    try {
                        carryOut(original, head, fresh);
                    } catch (ExchangeException e) {
                        // The page shows it: the capture has it.
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } finally {
                        places.release();
                    }
                });
        return fresh.number();
    }

    private void carryOut(Capture original, RequestHead head, Capture fresh)
            throws ExchangeException, InterruptedException {
        ExchangeException over =
                new ExchangeException(ErrorCode.CANCELLED, "no more of the answer is wanted");
        Exchange exchange = upstream.open(head, original.bodyLength(), fresh);
        ScheduledFuture<?> limit =
                timer.schedule(() -> exchange.cancel(over), MOST_SECONDS, TimeUnit.SECONDS);
        try {
            Bytes body = original.requestBody().known().start();
            if (body.isEmpty() || exchange.send(body)) {
                exchange.endRequest(original.requestTrailers().fields());
            }
            while (exchange.receiveHead().isInterim()) {
                // Only the final one is followed by anything.
            }
            long read = 0;
            Bytes piece = exchange.receive();
            while (piece != null && read < MOST_ANSWER) {
                read += piece.length();
                piece = exchange.receive();
            }
        } finally {
            limit.cancel(false);
            exchange.cancel(over);
        }
    }
}
