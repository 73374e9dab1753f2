package io.cloudtunnel.server.observe;

import io.cloudtunnel.program.TraceContext;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Leg;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one public request: the log has a line of it at its end, and the observer looks
 * at it. For one request, used by its threads in turn.
 */
public final class RequestLog {

    /** Instead of a time: it did not come to that. */
    public static final long NEVER = -1;

    /** A piece of a body that was taken later than that had to wait. */
    private static final long WAITED_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.server.requests");

    private final RequestLogs logs;
    private final String requestId;
    private final RequestLogs.Asked asked;
    private final long began = System.nanoTime();
    private final @Nullable RequestSpans spans; // null where nobody wants them
    private Observer.Traffic traffic = Observer.Traffic.UNCOUNTED;
    private @Nullable String tunnel;
    private String agent = "";
    private boolean sentAgain;
    private boolean probe;
    private int status;
    private long bytesIn; // of the thread that reads the request, as the next two
    private long creditWaits;
    private long creditWaitNanos;
    private long bytesOut;
    private long waitNanos = NEVER;
    private long headNanos = NEVER;
    private long totalNanos = NEVER;
    private @Nullable ErrorCode failure;

    RequestLog(RequestLogs logs, String requestId, RequestLogs.Asked asked) {
        this.logs = logs;
        this.requestId = requestId;
        this.asked = asked;
        this.spans = logs.traces() == null ? null : RequestSpans.begin(logs.traces(), asked);
    }

    // ---- What happens, in this order.

    /** The tunnel that it names, which exists. */
    public void tunnel(String id) {
        tunnel = id;
        traffic = logs.observer().traffic(id);
    }

    /** It is an agent's, which asks where the public is: nobody wants to read of these. */
    public void probe() {
        probe = true;
    }

    /** The fields that it goes into the tunnel with: as they are, or with the span of that. */
    public Fields traced(Fields fields) {
        return spans == null ? fields : spans.toTunnel(fields);
    }

    /** A link was found for it. */
    public void linked() {
        waitNanos = System.nanoTime() - began;
    }

    /** So many bytes of the request's body were read. */
    public void read(int bytes) {
        bytesIn += bytes;
        traffic.read(bytes);
    }

    /** A piece of the body was given to a link, which took so long. */
    public void sent(long nanos) {
        if (nanos >= WAITED_NANOS) {
            creditWaits++;
            creditWaitNanos += nanos;
        }
    }

    /** The head of the response has come out of the tunnel. */
    public void answered() {
        headNanos = System.nanoTime() - began;
    }

    /** The status that the client gets. */
    public void status(int code) {
        status = code;
    }

    /** So many bytes of the response's body were written. */
    public void written(int bytes) {
        bytesOut += bytes;
        traffic.written(bytes);
    }

    /**
     * Who had it in the end.
     *
     * @param name of the agent; empty where it has none
     * @param again whether it was sent again
     */
    public void carriedBy(String name, boolean again) {
        agent = name;
        sentAgain = again;
        if (spans != null) {
            spans.carried();
        }
    }

    /** Why it did not end well. */
    public void failed(ErrorCode why) {
        failure = why;
    }

    /** It is over: writes the line. */
    public void write() {
        totalNanos = System.nanoTime() - began;
        Level level = probe ? Level.DEBUG : isWarning() ? Level.WARNING : Level.INFO;
        if (LOGGER.isLoggable(level)) {
            LOGGER.log(level, RequestLine.PATTERN, new RequestLine(this));
        }
        if (probe) {
            logs.observer().probed();
        } else {
            logs.observer().ended(this);
            if (spans != null) {
                spans.end(this);
            }
        }
    }

    private boolean isWarning() {
        return failure != null && Leg.of(failure) != Leg.CLIENT;
    }

    // ---- What is known of it.

    /** The request's id. */
    public String requestId() {
        return requestId;
    }

    /** The client's address, by the server's view. */
    public String client() {
        return asked.client();
    }

    /** The trace that it is in; null where it is in none. */
    @Nullable TraceContext trace() {
        TraceContext its = spans == null ? null : spans.traceContext();
        Fields fields = asked.head().fields();
        return its != null
                ? its
                : TraceContext.of(
                        fields.first("traceparent"), fields.first("X-Cloud-Trace-Context"));
    }

    /** When it began, as {@link System#nanoTime} has it. */
    long beganNanos() {
        return began;
    }

    RequestLogs logs() {
        return logs;
    }

    RequestLogs.Asked asked() {
        return asked;
    }

    /** The tunnel; null if it was not found. */
    public @Nullable String tunnelId() {
        return tunnel;
    }

    /** The agent's name; empty where it is not known. */
    public String agent() {
        return agent;
    }

    /** Whether it was sent on a second link. */
    public boolean wasSentAgain() {
        return sentAgain;
    }

    /** What the client got; 0 for nothing. */
    public int statusCode() {
        return status;
    }

    /** Bytes of the request's body. */
    public long bytesIn() {
        return bytesIn;
    }

    /** Bytes of the response's body. */
    public long bytesOut() {
        return bytesOut;
    }

    /** How often a piece of the request's body had to wait before a link took it. */
    public long creditWaits() {
        return creditWaits;
    }

    /** How long, in all. */
    public long creditWaitNanos() {
        return creditWaitNanos;
    }

    /** From its beginning until a link was found, or {@link #NEVER}. */
    public long waitNanos() {
        return waitNanos;
    }

    /** From its beginning until the response's head came, or {@link #NEVER}. */
    public long headNanos() {
        return headNanos;
    }

    /** From its beginning to its end, {@link #NEVER} before. */
    public long totalNanos() {
        return totalNanos;
    }

    /** Why it did not end well; null if it did. */
    public @Nullable ErrorCode failure() {
        return failure;
    }
}
