package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/** Whose lines have the label. */
class LogLabelTest {

    private static final LogRecord RECORD = new LogRecord(Level.INFO, "hello");

    private static String text() {
        return new TextLines().format(RECORD);
    }

    @Test
    void aLineHasIt() throws Exception {
        assertTrue(LogLabel.during("shop", LogLabelTest::text).contains(" INFO [shop] hello"));
        assertTrue(text().contains(" INFO hello"), LogLabelTest::text);
        String json = LogLabel.during("sh\"op", () -> new JsonLines().format(RECORD));
        assertTrue(json.endsWith(",\"tunnel\":\"sh\\\"op\"}\n"), json);
        assertTrue(!new JsonLines().format(RECORD).contains("tunnel"));
    }

    @Test
    void threadsThatAreStartedHaveItToo() throws Exception {
        String label =
                LogLabel.during(
                        "shop",
                        () -> {
                            FutureTask<String> inner =
                                    new FutureTask<>(() -> String.valueOf(LogLabel.current()));
                            try (var pool = Executors.newSingleThreadExecutor()) {
                                pool.submit(() -> Thread.ofVirtual().start(inner)).get();
                            }
                            return inner.get();
                        });
        assertEquals("shop", label);
        assertNull(LogLabel.current());
    }

    @Test
    void theOneBeforeComesBack() throws Exception {
        LogLabel.during(
                "a",
                () -> {
                    assertEquals("b", LogLabel.during("b", LogLabel::current));
                    assertEquals(
                            "none",
                            LogLabel.during(
                                    "",
                                    () ->
                                            String.valueOf(LogLabel.current())
                                                    .replace("null", "none")));
                    return LogLabel.current();
                });
        assertNull(LogLabel.current());
    }
}
