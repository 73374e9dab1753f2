package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.http.HopByHop;
import io.cloudtunnel.protocol.http.HttpException;
import io.cloudtunnel.protocol.http.ReceivedResponse;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One request to the local service and its response.
 *
 * <p>A write that fails does not fail the exchange: the service may have answered before it closed
 * the connection, so reading decides.
 *
 * <p>After a 101 both directions carry raw bytes, each to its own end, and the limits that remain
 * are those of TCP; a failure then resets the connection, since its end would look like the bytes'.
 */
final class LocalExchange implements Exchange {

    private final LocalService service;
    private final LocalRequest request;
    private final LocalWaits waits;

    private final ReentrantLock writing = new ReentrantLock(); // held over socket writes
    private volatile boolean headWritten;
    private volatile boolean bodyUnwanted;
    private volatile boolean switched; // by a 101, to raw bytes
    private volatile LocalConnection connection;

    // Of the receiving thread:
    private boolean interimSeen;
    private boolean repeated;
    private Fields trailers = Fields.EMPTY;
    private @Nullable ReceivedResponse response;

    private final LocalOutcome outcome = new LocalOutcome();

    LocalExchange(
            LocalService service, LocalRequest request, LocalConnection connection, Limits limits) {
        this.service = service;
        this.request = request;
        this.connection = connection;
        this.waits = new LocalWaits(limits);
    }

    /** Something to be done by whoever holds the write lock. */
    private interface Write {
        void run(LocalConnection to) throws IOException;
    }

    @Override
    public boolean send(Bytes piece) throws ExchangeException {
        outcome.throwIfFailed();
        if (request.upgrade() && !switched) {
            checkAnswered();
            return false;
        }
        if (!bodyUnwanted) {
            write(to -> {
                writeHead(to);
                to.out().write(piece);
                to.out().flush();
            });
        }
        return !bodyUnwanted;
    }

    /** Nothing of an upgrade's request direction comes before its answer. */
    private void checkAnswered() {
        if (!outcome.requestEnded()) {
            throw new IllegalStateException("the upgrade was not answered yet");
        }
    }

    @Override
    public void endRequest(Fields requestTrailers) throws ExchangeException {
        outcome.throwIfFailed();
        if (request.upgrade() && !switched) {
            checkAnswered();
            return;
        }
        if (!bodyUnwanted) {
            write(to -> {
                if (switched) {
                    to.endOutput();
                } else {
                    writeHead(to);
                    to.out().end(HopByHop.stripTrailers(requestTrailers));
                }
            });
        }
        waits.progressed();
        if (outcome.endRequest()) {
            complete();
        }
    }

    private void writeHead(LocalConnection to) throws IOException {
        if (!headWritten) {
            headWritten = true;
            to.out()
                    .writeRequest(
                            request.method(),
                            request.target(),
                            request.fields(),
                            request.framing());
        }
    }

    private void write(Write write) throws ExchangeException {
        writing.lock();
        try {
            waits.writing();
            write.run(connection);
            waits.progressed();
        } catch (IllegalArgumentException | HttpException e) {
            throw fail(ErrorCode.BAD_REQUEST, "the request cannot be sent: " + e.getMessage(), e);
        } catch (IOException e) {
            outcome.throwIfFailed();
            bodyUnwanted = true; // reading tells why
        } finally {
            waits.notWriting();
            writing.unlock();
        }
    }

    /** A head that waits for its body's first piece must not wait for ever. */
    private void flushHead() throws ExchangeException {
        if (!headWritten && writing.tryLock()) {
            try {
                write(to -> {
                    writeHead(to);
                    to.out().flush();
                });
            } finally {
                writing.unlock();
            }
        }
    }

    @Override
    public ResponseHead receiveHead() throws ExchangeException {
        outcome.throwIfFailed();
        flushHead();
        waits.awaitingHead(true);
        ReceivedResponse received = tryReceiveHead();
        while (received == null) {
            received = tryReceiveHead();
        }
        waits.awaitingHead(false);
        if (received.head().isInterim()) {
            interimSeen = true;
        } else {
            answered(received);
        }
        return LocalHeads.passedOn(received.head());
    }

    private void answered(ReceivedResponse received) throws ExchangeException {
        response = received;
        boolean switches = received.head().status() == 101;
        if (switches && !request.upgrade()) {
            throw malformed(new HttpException(400, "a 101 that nobody asked for"));
        } else if (switches) {
            write(LocalConnection::switchProtocols);
            switched = true;
        } else if (request.upgrade()) { // refused, so there is nothing more to be sent
            write(to -> to.out().end());
            boolean ignored = outcome.endRequest(); // the response goes on
        }
    }

    private @Nullable ReceivedResponse tryReceiveHead() throws ExchangeException {
        LocalConnection from = connection;
        try {
            ReceivedResponse received = from.in().readResponse(request.method());
            if (received != null) {
                return received;
            }
            sendAgain(null);
        } catch (HttpException e) {
            throw malformed(e);
        } catch (IOException e) {
            outcome.throwIfFailed();
            if (interimSeen || from.in().hasBuffered()) {
                throw broken(e);
            }
            sendAgain(e);
        }
        return null;
    }

    /** Whether all was sent that may be before the answer. */
    private boolean sentWhole() {
        return request.upgrade() || outcome.requestEnded();
    }

    /** Once, over a fresh connection, if a kept one was closed before it carried any answer. */
    private void sendAgain(@Nullable IOException cause) throws ExchangeException {
        LocalConnection stale = connection;
        if (repeated || !stale.used() || !request.repeatable() || !sentWhole()) {
            throw broken(cause);
        }
        repeated = true;
        stale.close();
        try {
            connection = service.connect();
        } catch (ExchangeException e) {
            throw fail(e);
        }
        bodyUnwanted = false;
        headWritten = false;
        write(to -> {
            writeHead(to);
            if (request.upgrade()) {
                to.out().flush();
            } else {
                to.out().end();
            }
        });
        if (outcome.failure() != null) {
            connection.close(); // cancelled meanwhile, when the stale one was still ours
        }
    }

    @Override
    public @Nullable Bytes receive() throws ExchangeException {
        outcome.throwIfFailed();
        if (response == null) {
            throw new IllegalStateException("the head was not received");
        }
        LocalConnection from = connection;
        try {
            waits.readingBody();
            Bytes piece = from.in().body().read();
            waits.notReadingBody();
            if (piece == null) {
                end(from, response);
            }
            return piece;
        } catch (HttpException e) {
            throw malformed(e);
        } catch (IOException e) {
            throw broken(e); // or what it was closed for
        }
    }

    @Override
    public int readyBytes() {
        return response == null ? 0 : connection.in().bufferedBytes();
    }

    private void end(LocalConnection from, ReceivedResponse received) {
        if (outcome.responseEnded()) {
            return;
        }
        trailers = HopByHop.stripTrailers(from.in().body().trailers());
        if (!switched && !received.persistent() && !outcome.requestEnded()) {
            bodyUnwanted = true; // it closes the connection now
        }
        if (outcome.endResponse()) {
            complete();
        }
    }

    @Override
    public Fields responseTrailers() {
        return trailers;
    }

    private void complete() {
        ReceivedResponse received = response;
        LocalConnection last = connection;
        boolean reusable =
                received != null
                        && received.persistent()
                        && !bodyUnwanted
                        && !last.in().hasBuffered();
        service.ended(this, last, reusable);
    }

    @Override
    public void cancel(ExchangeException reason) {
        fail(reason);
    }

    /** For the patrol: fails the exchange where the local service has taken too long. */
    void look(long nowNanos) {
        String late = switched ? null : waits.overdue(nowNanos, sentWhole() || bodyUnwanted);
        if (late != null) {
            fail(ErrorCode.LOCAL_TIMEOUT, late, null);
        }
    }

    private ExchangeException malformed(HttpException e) {
        return fail(
                ErrorCode.LOCAL_MALFORMED,
                "the local service's answer violates HTTP/1.1: " + e.getMessage(),
                e);
    }

    private ExchangeException broken(@Nullable IOException e) {
        return fail(
                ErrorCode.LOCAL_BROKEN,
                "the local service closed the connection before its answer was complete",
                e);
    }

    private ExchangeException fail(ErrorCode code, String message, @Nullable Throwable cause) {
        return fail(new ExchangeException(code, message, cause));
    }

    /** The first failure wins; returns the one to throw. */
    private ExchangeException fail(ExchangeException reason) {
        if (!outcome.fail(reason)) {
            ExchangeException first = outcome.failure();
            return first == null ? reason : first;
        }
        if (switched && !outcome.requestEnded()) {
            connection.abort();
        }
        service.ended(this, connection, false);
        return reason;
    }
}
