package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.frame.RequestHead;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** The log line of one request. Safe for use by several threads. */
final class ExchangeLog {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent.requests");
    private static final int LONGEST_TEXT = 200;

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

    /** The visible characters of Latin-1, others as '?'. Not by a pattern: each request pays. */
    private static String cut(String text) {
        StringBuilder shown = new StringBuilder(Math.min(text.length(), LONGEST_TEXT + 3));
        for (int i = 0; i < text.length() && i < LONGEST_TEXT; i++) {
            char c = text.charAt(i);
            shown.append(isVisible(c) ? c : '?');
        }
        return shown.append(text.length() > LONGEST_TEXT ? "..." : "").toString();
    }

    private static boolean isVisible(char c) {
        return (c > 0x20 && c < 0x7f) || (c > 0xa0 && c <= 0xff);
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
