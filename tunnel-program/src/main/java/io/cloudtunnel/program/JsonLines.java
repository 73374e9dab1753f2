package io.cloudtunnel.program;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** One JSON object for each record, with the members that Cloud Logging gives a meaning to. */
final class JsonLines extends Formatter {

    private static final JsonFactory FACTORY = new JsonFactory();

    @Override
    public String format(LogRecord record) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("severity", severity(record.getLevel()));
            json.writeStringField("time", record.getInstant().toString());
            json.writeStringField("message", message(record) + cause(record));
            json.writeStringField("logger", record.getLoggerName());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot happen: no real output", e);
        }
        return line.append('\n').toString();
    }

    private String message(LogRecord record) {
        return record.getMessage() == null ? "" : formatMessage(record);
    }

    private static String cause(LogRecord record) {
        String trace = TextLines.trace(record);
        return trace.isEmpty() ? "" : "\n" + trace;
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
