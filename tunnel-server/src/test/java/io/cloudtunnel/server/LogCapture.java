package io.cloudtunnel.server;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** All that the server logs while this is open, formatted. */
final class LogCapture implements AutoCloseable {

    private final Logger logger = Logger.getLogger("io.cloudtunnel");
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Handler handler =
            new Handler() {
                private final SimpleFormatter formatter = new SimpleFormatter();

                @Override
                public void publish(LogRecord entry) {
                    lines.add(entry.getLevel() + " " + formatter.format(entry));
                    synchronized (lines) {
                        lines.notifyAll();
                    }
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    LogCapture() {
        handler.setLevel(Level.ALL);
        logger.setLevel(Level.ALL);
        logger.addHandler(handler);
    }

    String text() {
        return String.join("\n", lines);
    }

    /** Waits for a line with this text, but not for longer. */
    boolean await(String part, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        synchronized (lines) {
            while (!text().contains(part)) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(lines, left);
            }
            return true;
        }
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
        logger.setLevel(null);
    }
}
