package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One line for each record, and nobody else's content may begin another. */
class LogLinesTest {

    private static final String EVIL = "a\r\nb\u2028c\u2029d\u0085e\u001b[31mf\u0000g\u007f";

    private static LogRecord record(Level level, String message, Object... parameters) {
        LogRecord record = new LogRecord(level, message);
        record.setParameters(parameters);
        record.setLoggerName("some.Logger");
        record.setInstant(Instant.parse("2026-01-02T03:04:05.678Z"));
        return record;
    }

    private static String text(LogRecord record) {
        return new TextLines().format(record);
    }

    /** The members of a line that has to be one JSON object. */
    private static Map<String, String> json(LogRecord record) throws IOException {
        String line = new JsonLines().format(record);
        assertEquals(line.length() - 1, line.indexOf('\n'));
        Map<String, String> members = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(line)) {
            assertEquals(JsonToken.START_OBJECT, parser.nextToken());
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                members.put(name, parser.getText());
            }
            assertEquals(null, parser.nextToken());
        }
        return members;
    }

    @Test
    void aTextLineHasTimeLevelAndMessage() {
        String line = text(record(Level.INFO, "link {0} open", "x"));
        assertTrue(line.matches("\\d\\d:\\d\\d:\\d\\d\\.678 INFO link x open\\R"), line);
    }

    @Test
    void aJsonLineHasWhatCloudLoggingReads() throws IOException {
        assertEquals(
                Map.of(
                        "severity", "INFO",
                        "time", "2026-01-02T03:04:05.678Z",
                        "message", "link x open",
                        "logger", "some.Logger"),
                json(record(Level.INFO, "link {0} open", "x")));
    }

    @ParameterizedTest
    @CsvSource({"SEVERE,ERROR", "WARNING,WARNING", "INFO,INFO", "CONFIG,DEBUG", "FINEST,DEBUG"})
    void severitiesAreThoseOfCloudLogging(String level, String severity) throws IOException {
        assertEquals(severity, json(record(Level.parse(level), "x")).get("severity"));
    }

    @Test
    void controlCharactersCannotBeginALine() throws IOException {
        String line = text(record(Level.INFO, "path {0}", EVIL));
        assertEquals(1, line.lines().count());
        assertTrue(
                line.stripTrailing()
                        .endsWith(
                                "a\\u000d\\u000ab\\u2028c\\u2029d\\u0085e\\u001b[31mf\\u0000g"
                                        + "\\u007f"),
                line);
        assertEquals("path " + EVIL, json(record(Level.INFO, "path {0}", EVIL)).get("message"));
    }

    @Test
    void aMessageOfAnExceptionCannotForgeARecord() throws IOException {
        LogRecord record = record(Level.WARNING, "failed");
        String forged = "03:04:05.678 INFO forged";
        record.setThrown(new IllegalStateException("x\n" + forged + "\r" + forged + "\u001b[2J"));
        String text = text(record);
        assertTrue(text.contains("    java.lang.IllegalStateException: x"), text);
        assertTrue(text.lines().skip(1).allMatch(line -> line.startsWith("    ")), text);
        assertFalse(text.contains("\u001b"), text);
        assertTrue(
                String.valueOf(json(record).get("message"))
                        .startsWith("failed\njava.lang.IllegalStateException: x"));
    }

    @Test
    void aRecordMayLackNearlyAll() throws IOException {
        LogRecord record = new LogRecord(Level.INFO, null);
        assertEquals(1, text(record).lines().count());
        assertEquals("INFO", json(record).get("severity"));
        assertEquals("", json(record).get("message"));
    }
}
