package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.JsonCodec;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.ProtocolException;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Carries out one request at the agent: the two pumps between a stream and an exchange with the
 * local service. The calling thread pumps the response; the request's body has a thread of its own
 * where it does not come at once.
 */
final class StreamHandler {

    /** What a turn of a pump came to. */
    private enum Passed {
        PIECE,
        END,
        UNWANTED
    }

    /** A local service that takes nothing for so long after its answer reads no more. */
    private static final Duration MOMENT = Duration.ofMillis(500);

    /** The server ends the stream before; one that does not is not waited for any longer. */
    private static final Duration READ_ON = Duration.ofSeconds(30);

    private final Session session;
    private final AgentStream stream;
    private final Upstream upstream;
    private final RequestHead head;
    private final long bodyLength;
    private @Nullable Thread pump; // of the request's body; of the thread that runs
    private volatile long sendingNanos; // since when a piece is being sent, 0 while none is

    StreamHandler(
            Session session,
            AgentStream stream,
            Upstream upstream,
            RequestHead head,
            long bodyLength) {
        this.session = session;
        this.stream = stream;
        this.upstream = upstream;
        this.head = head;
        this.bodyLength = bodyLength;
    }

    /** Runs to the end of the exchange; throws nothing. */
    void run() {
        Exchange local = open();
        if (local == null) {
            return;
        }
        stream.onFailure(local::cancel);
        try {
            if (stream.upgrade()) {
                pumpResponse(local); // which decides what becomes of the request's direction
                return;
            }
            if (bodyLength == 0) {
                local.endRequest(Fields.EMPTY);
                stream.requestDone();
            } else {
                startPump(local);
            }
            pumpResponse(local);
        } catch (ExchangeException e) {
            fail(e);
        } catch (ProtocolException e) {
            session.link().close(e.closeCode(), e.word());
        } catch (InterruptedException e) {
            stream.end(interrupted(), Reason.INTERNAL);
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            stream.end(
                    new ExchangeException(ErrorCode.INTERNAL, "internal error", e),
                    Reason.INTERNAL);
            throw e;
        } finally {
            local.cancel(new ExchangeException(ErrorCode.CANCELLED, "the exchange is over"));
            join();
        }
    }

    /** What is certain to be of no effect may be sent again. */
    private void fail(ExchangeException reason) {
        if (reason.isUntouched()) {
            stream.refuse(reason);
        } else {
            stream.end(reason, Reasons.of(reason.code()));
        }
    }

    private void startPump(Exchange local) {
        pump =
                Thread.ofVirtual()
                        .name("tunnel-request-" + stream.id())
                        .start(() -> pumpRequest(local));
    }

    private @Nullable Exchange open() {
        try {
            return upstream.open(head, bodyLength);
        } catch (ExchangeException e) {
            stream.refuse(e);
        } catch (InterruptedException e) {
            stream.refuse(interrupted());
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            stream.refuse(new ExchangeException(ErrorCode.INTERNAL, "internal error", e));
            throw e;
        }
        return null;
    }

    private static ExchangeException interrupted() {
        return new ExchangeException(ErrorCode.INTERNAL, "the agent is shutting down");
    }

    /** Stream and exchange have ended, so the pump ends; then nothing holds what it held. */
    private void join() {
        Thread started = pump;
        if (started == null) {
            return;
        }
        try {
            started.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pumpRequest(Exchange local) {
        try {
            FairShare share = new FairShare();
            Passed passed = passRequest(local, share);
            while (passed == Passed.PIECE) {
                passed = passRequest(local, share);
            }
            if (passed == Passed.END) {
                local.endRequest(stream.trailers());
            } else {
                stream.stopReceiving(Reason.NONE);
            }
        } catch (ExchangeException e) {
            stream.stopReceiving(Reason.NONE);
            local.cancel(e); // the response pump reports it, unless the answer is complete
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            local.cancel(new ExchangeException(ErrorCode.INTERNAL, "internal error", e));
            throw e;
        } finally {
            stream.requestDone();
        }
    }

    /** A method of its own, so that who waits for the next piece does not hold the last one. */
    private Passed passRequest(Exchange local, FairShare share)
            throws ExchangeException, InterruptedException {
        Bytes piece = stream.receive();
        if (piece == null) {
            return Passed.END;
        }
        share.passed(piece.length());
        sendingNanos = System.nanoTime() | 1; // never 0
        boolean wanted = local.send(piece);
        sendingNanos = 0;
        return wanted ? Passed.PIECE : Passed.UNWANTED;
    }

    private Passed passResponse(Exchange local, FairShare share)
            throws ExchangeException, InterruptedException {
        Bytes piece = local.receive();
        if (piece == null) {
            return Passed.END;
        }
        share.passed(piece.length());
        return stream.send(piece, 0) ? Passed.PIECE : Passed.UNWANTED;
    }

    private void pumpResponse(Exchange local)
            throws ExchangeException, ProtocolException, InterruptedException {
        ResponseHead answer = local.receiveHead();
        while (answer.isInterim()) {
            stream.sendHead(answer, false);
            answer = local.receiveHead();
        }
        if (answer.status() == 101) {
            switchProtocols(local, answer);
            return;
        }
        if (stream.upgrade()) { // refused, which has ended the request
            local.endRequest(Fields.EMPTY);
            stream.requestDone();
        }
        long length = knownLength(answer);
        Greeting peer = session.peer();
        Bytes first = null;
        if (length >= 0 && peer != null && JsonForm.fits(answer, length, peer)) {
            first = length == 0 ? Bytes.EMPTY : readyBody(local, (int) length);
            if (first != null && first.length() == length) {
                String id = Integer.toString(stream.id());
                stream.sendText(JsonCodec.encode(new JsonMessage.Response(id, answer, first)));
                receiveEnd(local);
                finishRequest();
                return;
            }
        }
        stream.sendHead(answer, length == 0);
        if (length == 0) {
            receiveEnd(local);
        } else if (first == null || stream.send(first, 0)) {
            pumpBody(local);
        }
        finishRequest();
    }

    /** A response is complete once its end was received, also where that is all there is. */
    private static void receiveEnd(Exchange local) throws ExchangeException, InterruptedException {
        Bytes none = local.receive();
        if (none != null) {
            throw new ExchangeException(
                    ErrorCode.LOCAL_MALFORMED, "the answer is longer than it says");
        }
    }

    /** 0 where there is no body, and UNKNOWN_LENGTH where only its end will tell. */
    private long knownLength(ResponseHead answer) {
        boolean bodiless =
                head.method().equals("HEAD") || answer.status() == 204 || answer.status() == 304;
        return bodiless
                ? 0
                : Math.max(Exchange.UNKNOWN_LENGTH, HeadFields.declaredLength(answer.fields()));
    }

    /** The whole body if it is there already: a small one that comes slowly is not held back. */
    private static @Nullable Bytes readyBody(Exchange local, int length)
            throws ExchangeException, InterruptedException {
        return local.readyBytes() >= length ? local.receive() : null;
    }

    private void pumpBody(Exchange local) throws ExchangeException, InterruptedException {
        FairShare share = new FairShare();
        Passed passed = passResponse(local, share);
        while (passed == Passed.PIECE) {
            passed = passResponse(local, share);
        }
        if (passed == Passed.END) { // else the server wants no more of it
            stream.endBody(local.responseTrailers());
        }
    }

    /**
     * The answer is complete. What still comes of the request goes to a local service that reads it
     * nevertheless, as long as the server lets it come.
     */
    private void finishRequest() throws InterruptedException {
        Thread started = pump;
        if (started != null) {
            long since = System.nanoTime();
            boolean ended = started.join(MOMENT);
            while (!ended && isTaken() && !isOver(since, READ_ON)) {
                ended = started.join(MOMENT);
            }
        }
        stream.stopReceiving(Reason.NONE);
    }

    /** Whether the local service takes what comes, or nothing comes. */
    private boolean isTaken() {
        long since = sendingNanos;
        return since == 0 || !isOver(since, MOMENT);
    }

    private static boolean isOver(long sinceNanos, Duration time) {
        return System.nanoTime() - sinceNanos > time.toNanos();
    }

    private void switchProtocols(Exchange local, ResponseHead answer)
            throws ExchangeException, ProtocolException, InterruptedException {
        stream.sendHead(answer, false);
        startPump(local);
        pumpBody(local);
        Thread started = pump;
        if (started != null) {
            started.join(); // the other direction ends on its own
        }
        finishRequest();
    }
}
