package io.cloudtunnel.agent.local;

import io.cloudtunnel.agent.observe.AgentObserver;
import io.cloudtunnel.agent.observe.CallTracer;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.program.TraceContext;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Leg;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one request: the log has a line of it at its end, and the observer is told. Safe
 * for use by several threads.
 */
final class ExchangeLog implements ObservedExchange.Watcher {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent.requests");

    private final RequestHead head;
    private final Observation settings;
    private final AgentObserver observer;
    private final CallTracer.@Nullable Call span; // null where nobody wants it
    private final long beganNanos = System.nanoTime();
    private final AtomicLong bytesIn = new AtomicLong();
    private final AtomicLong bytesOut = new AtomicLong();
    private final AtomicBoolean written = new AtomicBoolean();
    private volatile int status;
    private volatile long localNanos = -1;
    private volatile long totalNanos = -1;

    /** A request that begins now, and its span, if it has one. */
    ExchangeLog(
            RequestHead head,
            Observation settings,
            AgentObserver observer,
            CallTracer.@Nullable Call span) {
        this.head = head;
        this.settings = settings;
        this.observer = observer;
        this.span = span;
        observer.begun();
    }

    @Override
    public void sending(Bytes piece) {
        bytesIn.addAndGet(piece.length());
    }

    @Override
    public void unwanted(Bytes piece) {
        bytesIn.addAndGet(-piece.length());
    }

    @Override
    public void sent(Bytes piece) {
        observer.read(piece.length());
    }

    @Override
    public void received(Bytes piece) {
        bytesOut.addAndGet(piece.length());
        observer.written(piece.length());
    }

    @Override
    public void answered(ResponseHead answer) {
        int code = answer.status();
        status = code;
        if (code >= 200 || code == 101) {
            localNanos = System.nanoTime() - beganNanos;
        }
    }

    /** Writes the line. */
    @Override
    public void ended(@Nullable ErrorCode failure) {
        if (!written.compareAndSet(false, true)) {
            return;
        }
        totalNanos = System.nanoTime() - beganNanos;
        boolean warns = failure != null && Leg.of(failure) != Leg.CLIENT;
        Level level = warns ? Level.WARNING : Level.INFO;
        if (LOGGER.isLoggable(level)) {
            LOGGER.log(level, ExchangeLine.PATTERN, new ExchangeLine(this, failure));
        }
        observer.ended(status, failure, localNanos, totalNanos);
        if (span != null) {
            span.ended(status, failure, localNanos < 0 ? 0 : beganNanos + localNanos);
        }
    }

    /** The trace that it is in; null where it is in none. */
    @Nullable TraceContext trace() {
        TraceContext its = span == null ? null : span.trace();
        return its != null
                ? its
                : TraceContext.of(
                        head.fields().first("traceparent"),
                        head.fields().first("X-Cloud-Trace-Context"));
    }

    RequestHead head() {
        return head;
    }

    Observation settings() {
        return settings;
    }

    long bytesIn() {
        return bytesIn.get();
    }

    long bytesOut() {
        return bytesOut.get();
    }

    int statusCode() {
        return status;
    }

    long localNanos() {
        return localNanos;
    }

    long totalNanos() {
        return totalNanos;
    }
}
