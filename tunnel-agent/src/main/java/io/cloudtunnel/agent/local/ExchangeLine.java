package io.cloudtunnel.agent.local;

import io.cloudtunnel.program.JsonMembers;
import io.cloudtunnel.program.LogEvent;
import io.cloudtunnel.program.Millis;
import io.cloudtunnel.program.Printable;
import io.cloudtunnel.program.TraceContext;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Leg;
import org.jspecify.annotations.Nullable;

/** The log line of a request that is over; docs/observe.md. All of others in it is harmless. */
final class ExchangeLine implements LogEvent {

    private static final int LONGEST_TARGET = 300;
    private static final int LONGEST_WORD = 64;

    private final ExchangeLog request;
    private final @Nullable ErrorCode failure;

    ExchangeLine(ExchangeLog request, @Nullable ErrorCode failure) {
        this.request = request;
        this.failure = failure;
    }

    /** As the server says: the same as in its line. */
    private String id() {
        String given = request.head().fields().first("X-Request-Id");
        return given == null ? "-" : Printable.of(given, LONGEST_WORD);
    }

    private String method() {
        return Printable.of(request.head().method(), LONGEST_WORD);
    }

    private String target() {
        boolean whole = request.settings().logsQuery();
        return Printable.of(
                whole ? request.head().target() : request.head().path(), LONGEST_TARGET);
    }

    private String end() {
        return failure == null ? "ok" : failure.token();
    }

    @Override
    public String toString() {
        // Put together here: each request pays.
        StringBuilder line = new StringBuilder(200);
        line.append("request id=").append(id());
        line.append(' ').append(method()).append(' ').append(target());
        line.append(" status=").append(request.statusCode());
        line.append(" in=").append(request.bytesIn());
        line.append(" out=").append(request.bytesOut());
        Millis.append(line.append(" local="), request.localNanos());
        Millis.append(line.append(" ms="), request.totalNanos());
        line.append(" end=").append(end());
        if (failure != null) {
            line.append(" leg=").append(Leg.of(failure).word());
        }
        return line.toString();
    }

    @Override
    public String message() {
        return method() + " " + target() + " " + request.statusCode() + " " + end();
    }

    @Override
    public void members(JsonMembers json) {
        json.begin("httpRequest")
                .add("requestMethod", method())
                .add("requestUrl", target())
                .add("status", request.statusCode())
                .add("requestSize", Long.toString(request.bytesIn()))
                .add("responseSize", Long.toString(request.bytesOut()))
                .add("latency", Millis.seconds(request.totalNanos()))
                .end();
        TraceContext trace = request.trace();
        if (trace != null) {
            trace.members(json, request.settings().traceProject());
        }
        json.begin("request").add("id", id());
        Millis.add(json, "local", request.localNanos());
        Millis.add(json, "ms", request.totalNanos());
        json.add("end", end());
        if (failure != null) {
            json.add("leg", Leg.of(failure).word());
        }
        json.end();
    }
}
