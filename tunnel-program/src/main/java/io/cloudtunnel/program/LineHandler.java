package io.cloudtunnel.program;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.logging.ErrorManager;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * Hands lines to a {@link LineWriter}, so that a record costs its thread no write. What is logged
 * until the JVM has ended is written, by its shutdown hooks too. Safe for use by several threads.
 */
final class LineHandler extends Handler {

    /** How long a thread waits for room for its line, before lines are dropped. */
    static final Duration PATIENCE = Duration.ofMillis(250);

    /** How long the end waits for an output that takes nothing. */
    static final Duration LAST_WAIT = Duration.ofSeconds(1);

    private final LineWriter writer;
    private final Formatter lines;

    /** Writes to a stream, in UTF-8. */
    LineHandler(PrintStream out, Formatter lines) {
        this.lines = lines;
        setFormatter(lines);
        setLevel(Level.ALL);
        writer = new LineWriter(out, PATIENCE, this::dropNotice);
    }

    private byte[] dropNotice(long lost) {
        LogRecord record =
                new LogRecord(
                        Level.WARNING,
                        lost + " log lines were dropped: the log's output did not take them");
        record.setLoggerName("io.cloudtunnel.program");
        return bytes(record);
    }

    private byte[] bytes(LogRecord record) {
        return lines.format(record).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void publish(@Nullable LogRecord record) {
        if (record == null || !isLoggable(record)) {
            return;
        }
        byte[] line;
        try {
            line = bytes(record);
        } catch (RuntimeException e) { // an argument's toString, for example
            reportError(null, e, ErrorManager.FORMAT_FAILURE);
            return;
        }
        writer.append(line, record.getLevel().intValue() >= Level.WARNING.intValue());
    }

    /** Waits until all has been written; a second at most. */
    @Override
    public void flush() {
        writer.flush(LAST_WAIT);
    }

    /** To be called when the JVM begins to end; waits as {@link #flush} does. */
    void writeThrough() {
        writer.writeThrough(LAST_WAIT);
    }

    /** Writes what there is, and nothing that comes later. */
    @Override
    public void close() {
        writer.close();
        writer.flush(LAST_WAIT);
    }
}
