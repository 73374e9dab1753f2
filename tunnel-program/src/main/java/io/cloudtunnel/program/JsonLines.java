package io.cloudtunnel.program;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** One JSON object for each record, with the members that Cloud Logging gives a meaning to. */
final class JsonLines extends Formatter {

    private static final JsonStringEncoder STRINGS = JsonStringEncoder.getInstance();

    private final SecondText times =
            new SecondText(
                    DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC));

    @Override
    public String format(LogRecord record) {
        LogEvent event = LogEvent.of(record);
        String message =
                event == null
                        ? TextLines.message(this, record)
                        : TextLines.cut(event.message(), TextLines.LONGEST_MESSAGE);
        StringBuilder line = new StringBuilder(message.length() + (event == null ? 128 : 1024));
        line.append("{\"severity\":\"").append(severity(record.getLevel()));
        line.append("\",\"time\":\"");
        time(line, record.getInstant());
        line.append("\",\"message\":\"");
        STRINGS.quoteAsString(message, line);
        if (record.getThrown() != null) {
            STRINGS.quoteAsString("\n" + TextLines.trace(record), line);
        }
        line.append("\",\"logger\":");
        if (record.getLoggerName() == null) {
            line.append("null");
        } else {
            line.append('"');
            STRINGS.quoteAsString(record.getLoggerName(), line);
            line.append('"');
        }
        String label = LogLabel.current();
        if (label != null) {
            line.append(",\"tunnel\":\"");
            STRINGS.quoteAsString(label, line);
            line.append('"');
        }
        if (event != null) {
            event.members(new JsonMembers(line));
        }
        return line.append("}\n").toString();
    }

    /** RFC 3339, with three digits of a second, or six where it has them. */
    private void time(StringBuilder line, Instant time) {
        line.append(times.of(time)).append('.');
        int micros = time.get(ChronoField.MICRO_OF_SECOND);
        if (micros % 1000 == 0) {
            SecondText.digits(line, micros / 1000, 3);
        } else {
            SecondText.digits(line, micros, 6);
        }
        line.append('Z');
    }

    private static String severity(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        if (level.intValue() >= Level.WARNING.intValue()) {
            return "WARNING";
        }
        return level.intValue() >= Level.INFO.intValue() ? "INFO" : "DEBUG";
    }
}
