package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.frame.RequestHead;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** The log line of one request. Safe for use by several threads. */
final class ExchangeLog {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent.requests");
    private static final int LONGEST_TEXT = 200;
    private static final Pattern INVISIBLE = Pattern.compile("[^\\x21-\\x7e\\xa1-\\xff]");

    private final String id;
    private final String method;
    private final String path;
    private final long beganNanos = System.nanoTime();
    private final AtomicLong bytesIn = new AtomicLong();
    private final AtomicLong bytesOut = new AtomicLong();
    private final AtomicBoolean written = new AtomicBoolean();
    private volatile int status;

    /** A request that begins now; its query is not logged, since it may hold secrets. */
    ExchangeLog(RequestHead head) {
        String given = head.fields().first("X-Request-Id");
        id = given == null ? "-" : cut(given);
        method = cut(head.method());
        path = cut(head.path());
    }

    private static String cut(String text) {
        String visible = INVISIBLE.matcher(text).replaceAll("?");
        return visible.length() > LONGEST_TEXT
                ? visible.substring(0, LONGEST_TEXT) + "..."
                : visible;
    }

    void in(int bytes) {
        bytesIn.addAndGet(bytes);
    }

    void out(int bytes) {
        bytesOut.addAndGet(bytes);
    }

    void status(int code) {
        status = code;
    }

    /** Writes the line; only the first end counts. */
    void end(String how) {
        if (written.compareAndSet(false, true) && LOGGER.isLoggable(Level.INFO)) {
            // Put together here: java.util.logging would parse the pattern for each line.
            LOGGER.log(
                    Level.INFO,
                    "request id="
                            + id
                            + " "
                            + method
                            + " "
                            + path
                            + " status="
                            + status
                            + " in="
                            + bytesIn.get()
                            + " out="
                            + bytesOut.get()
                            + " ms="
                            + (System.nanoTime() - beganNanos) / 1_000_000
                            + " end="
                            + how);
        }
    }
}
