package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.http.HopByHop;
import io.cloudtunnel.protocol.http.HttpException;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.FairShare;
import io.cloudtunnel.server.observe.RequestLog;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Carries a request's body from the client to an exchange. A body that may take time has a thread
 * of its own, so that the response can overtake it.
 */
final class RequestPump {

    /** A body of known length up to this is read before the response is looked at. */
    private static final int SMALL = 16 * 1024;

    /** After an early answer so much of the body is still read, so that the answer is seen. */
    private static final long READ_ON_BYTES = 1024 * 1024;

    /** Whoever reads finds the end of what it reads by then, unless it hangs. */
    private static final Duration STOP_TIME = Duration.ofSeconds(2);

    private final PublicCall call;
    private final Exchange exchange;
    private final RequestLog log;
    private @Nullable Thread thread;
    private boolean raw;

    RequestPump(PublicCall call, Exchange exchange, RequestLog log) {
        this.call = call;
        this.exchange = exchange;
        this.log = log;
    }

    void start() throws ExchangeException, IOException, InterruptedException {
        long length = call.bodyLength();
        boolean small = length >= 0 && length <= SMALL && !call.head().fields().contains("Expect");
        if (small) {
            pump();
        } else {
            thread =
                    Thread.ofVirtual()
                            .name("tunnel-request-" + log.requestId())
                            .start(this::pumpOrCancel);
        }
    }

    private void pumpOrCancel() {
        try {
            if (raw) {
                pumpRaw();
            } else {
                pump();
            }
        } catch (ExchangeException e) {
            exchange.cancel(e); // the thread of the response reports it
        } catch (HttpException e) {
            exchange.cancel(refusal(e));
        } catch (IOException e) {
            exchange.cancel(new ExchangeException(ErrorCode.CANCELLED, "the client has gone"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pump() throws ExchangeException, IOException, InterruptedException {
        FairShare share = new FairShare();
        Bytes piece = call.bodyLength() == 0 ? null : call.read();
        while (piece != null) {
            share.passed(piece.length());
            log.read(piece.length());
            long began = System.nanoTime();
            boolean wanted = exchange.send(piece);
            log.sent(System.nanoTime() - began);
            if (!wanted) {
                readOn();
                return;
            }
            piece = call.read();
        }
        exchange.endRequest(HopByHop.stripTrailers(call.requestTrailers()));
    }

    /** What is wrong with a request whose body cannot be read. */
    static ExchangeException refusal(HttpException e) {
        ErrorCode code = e.status() == 408 ? ErrorCode.REQUEST_TIMEOUT : ErrorCode.BAD_REQUEST;
        return new ExchangeException(code, String.valueOf(e.getMessage()));
    }

    /** After a 101: from now on all that the client sends is carried, to its end. */
    void startRaw() {
        raw = true;
        thread =
                Thread.ofVirtual()
                        .name("tunnel-upgraded-" + log.requestId())
                        .start(this::pumpOrCancel);
    }

    private void pumpRaw() throws ExchangeException, IOException, InterruptedException {
        FairShare share = new FairShare();
        Bytes piece = call.readRaw();
        while (piece != null && exchange.send(piece)) {
            share.passed(piece.length());
            log.read(piece.length());
            piece = call.readRaw();
        }
        exchange.endRequest(Fields.EMPTY);
    }

    /** After a 101 each direction ends on its own: waits for this one. */
    void join() throws InterruptedException {
        Thread running = thread;
        if (raw && running != null) {
            running.join();
        }
    }

    /** Nobody wants the rest, but a client that is still sending may not look at the answer. */
    private void readOn() throws IOException {
        long left = READ_ON_BYTES;
        Bytes piece = call.read();
        while (piece != null && left > 0) {
            left -= piece.length();
            piece = call.read();
        }
    }

    /**
     * The response is over, and so the request is: a client that is still sending has a moment to
     * see the response, which goes out whole. What it sends meanwhile goes on; then it is listened
     * to no longer.
     */
    void finish() {
        Thread running = thread;
        if (running == null) {
            return;
        }
        try {
            if (!running.join(call.readOn())) {
                exchange.cancel(new ExchangeException(ErrorCode.CANCELLED, "the answer is over"));
                call.stopReading();
                if (!running.join(STOP_TIME)) { // for one thread at a time may read
                    call.abort();
                }
            }
        } catch (InterruptedException e) {
            call.stopReading();
            Thread.currentThread().interrupt();
        }
    }
}
