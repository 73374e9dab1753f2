package io.cloudtunnel.program;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.util.HexFormat;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import java.util.stream.Collectors;

/** One line for each record; control characters within it cannot begin another. */
final class TextLines extends Formatter {

    /**
     * The longest message and the longest trace, in characters. A character becomes six bytes at
     * most, so that a line fits into a {@link LineWriter}'s buffer.
     */
    static final int LONGEST_MESSAGE = 8 * 1024;

    static final int LONGEST_TRACE = 32 * 1024;

    private final SecondText times =
            new SecondText(
                    DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault()));

    @Override
    public String format(LogRecord record) {
        String message = message(this, record);
        StringBuilder line = new StringBuilder(message.length() + 32);
        line.append(times.of(record.getInstant())).append('.');
        SecondText.digits(line, record.getInstant().get(ChronoField.MILLI_OF_SECOND), 3);
        line.append(' ').append(record.getLevel().getName()).append(' ');
        String label = LogLabel.current();
        if (label != null) {
            line.append('[').append(oneLine(label)).append("] ");
        }
        line.append(oneLine(message));
        line.append(System.lineSeparator());
        if (record.getThrown() != null) {
            line.append(indented(trace(record)));
        }
        return line.toString();
    }

    /** The message; empty where a record has none, which is allowed. */
    static String message(Formatter formatter, LogRecord record) {
        LogEvent event = LogEvent.of(record);
        if (event != null) {
            return cut(event.toString(), LONGEST_MESSAGE);
        }
        return record.getMessage() == null
                ? ""
                : cut(formatter.formatMessage(record), LONGEST_MESSAGE);
    }

    static String cut(String text, int longest) {
        return text.length() > longest ? text.substring(0, longest) + "..." : text;
    }

    /** Replaces control characters by a visible form. */
    static String oneLine(String text) {
        int first = 0;
        while (first < text.length() && !forges(text.charAt(first))) {
            first++;
        }
        if (first == text.length()) {
            return text;
        }
        StringBuilder line = new StringBuilder(text.length() + 16).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            char c = text.charAt(i);
            if (forges(c)) {
                line.append("\\u").append(HexFormat.of().toHexDigits(c));
            } else {
                line.append(c);
            }
        }
        return line.toString();
    }

    private static boolean forges(char c) {
        return Character.isISOControl(c) || c == 0x2028 || c == 0x2029 || reorders(c);
    }

    /** Whether it changes the order in which a terminal shows what follows. */
    private static boolean reorders(char c) {
        return (c >= 0x202a && c <= 0x202e)
                || (c >= 0x2066 && c <= 0x2069)
                || c == 0x200e
                || c == 0x200f
                || c == 0x061c;
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
        return cut(trace.toString(), LONGEST_TRACE);
    }
}
