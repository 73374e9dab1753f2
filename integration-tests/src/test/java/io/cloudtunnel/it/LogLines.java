package io.cloudtunnel.it;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What server and agent log in this process while it is open. */
final class LogLines implements AutoCloseable {

    private final Logger logger = Logger.getLogger("io.cloudtunnel");
    private final List<String> lines = new ArrayList<>();
    private final Handler handler =
            new Handler() {
                private final SimpleFormatter formatter = new SimpleFormatter();

                @Override
                public void publish(LogRecord entry) {
                    synchronized (lines) {
                        lines.add(entry.getLoggerName() + " " + formatter.formatMessage(entry));
                        lines.notifyAll();
                    }
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    LogLines() {
        logger.addHandler(handler);
    }

    /** Waits for a line. */
    String await(String what, long millis, Predicate<String> wanted) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        synchronized (lines) {
            while (true) {
                for (String line : lines) {
                    if (wanted.test(line)) {
                        return line;
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError("no " + what + " in:\n" + String.join("\n", lines));
                }
                lines.wait(left);
            }
        }
    }

    /** How many lines have a text in them. */
    long count(String text) {
        synchronized (lines) {
            return lines.stream().filter(line -> line.contains(text)).count();
        }
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
    }
}
