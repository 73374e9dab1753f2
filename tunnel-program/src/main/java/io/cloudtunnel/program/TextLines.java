package io.cloudtunnel.program;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import java.util.stream.Collectors;

/** One line for each record; control characters within it cannot begin another. */
final class TextLines extends Formatter {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    @Override
    public String format(LogRecord record) {
        return TIME.format(record.getInstant())
                + " "
                + record.getLevel().getName()
                + " "
                + oneLine(message(record))
                + System.lineSeparator()
                + indented(trace(record));
    }

    /** The message; empty where a record has none, which is allowed. */
    private String message(LogRecord record) {
        return record.getMessage() == null ? "" : formatMessage(record);
    }

    /** Replaces control characters by a visible form. */
    static String oneLine(String text) {
        if (text.chars().noneMatch(TextLines::forges)) {
            return text;
        }
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c -> {
                    if (forges(c)) {
                        line.append(String.format("\\u%04x", c));
                    } else {
                        line.appendCodePoint(c);
                    }
                });
        return line.toString();
    }

    private static boolean forges(int c) {
        return Character.isISOControl(c) || c == 0x2028 || c == 0x2029;
    }

    /** A trace has lines, and those of its messages too: none may look like a record. */
    private static String indented(String trace) {
        return trace.lines()
                .map(line -> "    " + oneLine(line.replace("\t", "    ")) + System.lineSeparator())
                .collect(Collectors.joining());
    }

    static String trace(LogRecord record) {
        if (record.getThrown() == null) {
            return "";
        }
        StringWriter trace = new StringWriter();
        record.getThrown().printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }
}
