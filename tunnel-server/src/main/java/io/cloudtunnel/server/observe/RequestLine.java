package io.cloudtunnel.server.observe;

import io.cloudtunnel.program.JsonMembers;
import io.cloudtunnel.program.LogEvent;
import io.cloudtunnel.program.Millis;
import io.cloudtunnel.program.Printable;
import io.cloudtunnel.program.TraceContext;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Leg;
import org.jspecify.annotations.Nullable;

/** The log line of a request that is over; docs/observe.md. All of others in it is harmless. */
final class RequestLine implements LogEvent {

    private static final int LONGEST_TARGET = 300;
    private static final int LONGEST_WORD = 64;
    private static final int LONGEST_USER_AGENT = 200;

    private final RequestLog request;

    RequestLine(RequestLog request) {
        this.request = request;
    }

    private RequestHead head() {
        return request.asked().head();
    }

    private String method() {
        return Printable.of(head().method(), LONGEST_WORD);
    }

    /** Without the query, which may hold secrets, unless it is wanted. */
    private String target() {
        boolean whole = request.logs().settings().logsQuery();
        return Printable.of(whole ? head().target() : head().path(), LONGEST_TARGET);
    }

    private String client() {
        return Printable.of(request.asked().client(), LONGEST_WORD);
    }

    private String agent() {
        return agent(request.agent());
    }

    /** An agent's name for itself in a harmless form. */
    static String agent(String name) {
        return name.isEmpty() ? "-" : Printable.of(name, LONGEST_WORD);
    }

    private String tunnel() {
        String id = request.tunnelId();
        return id == null ? "-" : Printable.of(id, LONGEST_WORD);
    }

    private static String end(@Nullable ErrorCode failure) {
        return failure == null ? "ok" : failure.token();
    }

    @Override
    public String toString() {
        // Put together here: each request pays.
        StringBuilder line = new StringBuilder(300);
        line.append("request id=").append(request.requestId());
        line.append(" tunnel=").append(tunnel());
        line.append(" client=").append(client());
        line.append(' ').append(method()).append(' ').append(target());
        line.append(" status=").append(request.statusCode());
        line.append(" in=").append(request.bytesIn());
        line.append(" out=").append(request.bytesOut());
        Millis.append(line.append(" wait="), request.waitNanos());
        Millis.append(line.append(" head="), request.headNanos());
        Millis.append(line.append(" ms="), request.totalNanos());
        line.append(" agent=").append(agent());
        if (request.wasSentAgain()) {
            line.append(" again");
        }
        ErrorCode failure = request.failure();
        line.append(" end=").append(end(failure));
        if (failure != null) {
            line.append(" leg=").append(Leg.of(failure).word());
        }
        return line.toString();
    }

    @Override
    public String message() {
        return method()
                + " "
                + target()
                + " "
                + request.statusCode()
                + " "
                + end(request.failure());
    }

    @Override
    public void members(JsonMembers json) {
        Fields fields = head().fields();
        httpRequest(json, fields);
        TraceContext trace = request.trace();
        if (trace != null) {
            trace.members(json, request.logs().settings().traceProject());
        }
        json.begin("request")
                .add("id", request.requestId())
                .add("tunnel", tunnel())
                .add("agent", agent())
                .add("in", request.bytesIn())
                .add("out", request.bytesOut());
        Millis.add(json, "wait", request.waitNanos());
        Millis.add(json, "head", request.headNanos());
        Millis.add(json, "ms", request.totalNanos());
        ErrorCode failure = request.failure();
        json.add("again", request.wasSentAgain()).add("end", end(failure));
        if (failure != null) {
            json.add("leg", Leg.of(failure).word());
        }
        json.end();
    }

    private void httpRequest(JsonMembers json, Fields fields) {
        RequestLogs.Asked asked = request.asked();
        String host = asked.host() == null ? "" : Printable.of(asked.host(), LONGEST_TARGET);
        String scheme = asked.secure() ? "https://" : "http://";
        json.begin("httpRequest")
                .add("requestMethod", method())
                .add("requestUrl", host.isEmpty() ? target() : scheme + host + target())
                .add("status", request.statusCode())
                .add("requestSize", Long.toString(request.bytesIn()))
                .add("responseSize", Long.toString(request.bytesOut()))
                .add("remoteIp", client())
                .add("latency", Millis.seconds(request.totalNanos()))
                .add("protocol", asked.protocol());
        String userAgent = fields.first("User-Agent");
        if (userAgent != null) { // with spaces, which a member's end does not depend on
            json.add("userAgent", Printable.words(userAgent, LONGEST_USER_AGENT));
        }
        json.end();
    }
}
