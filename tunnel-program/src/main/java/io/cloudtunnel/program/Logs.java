package io.cloudtunnel.program;

import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;

/**
 * Sets up logging of a program, never of a library: one line for each record, on standard error as
 * text, or on standard output as JSON in the form that Cloud Logging understands.
 */
public final class Logs {

    private static final String MANAGER = "java.util.logging.manager";

    static {
        // Before anything asks for a logger: then the manager is chosen, once for all. A name, not
        // the class, since loading that one would choose it too.
        if (System.getProperty(MANAGER) == null) {
            System.setProperty(MANAGER, "io.cloudtunnel.program.LastingLogManager");
        }
    }

    /** Kept here, since the JVM forgets a logger's level with the logger. */
    private static final Logger HELIDON = Logger.getLogger("io.helidon");

    private Logs() {}

    /**
     * Chooses the log manager that lasts until the JVM has ended, where none was chosen. To be
     * called before anything else logs, or asks for a logger.
     */
    static void begin() {
        // The initializer above has done it.
    }

    /** The forms that {@code LOG_FORMAT} names. */
    public enum Format {
        /** For people. */
        TEXT,
        /** For Cloud Logging. */
        JSON
    }

    /** Replaces what the JVM logs with by default. */
    public static void setUp(Format format) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        Formatter formatter = format == Format.JSON ? new JsonLines() : new TextLines();
        Handler handler = format == Format.JSON ? standardOutput(formatter) : new ConsoleHandler();
        handler.setFormatter(formatter);
        handler.setLevel(Level.ALL);
        root.addHandler(handler);
        root.setLevel(Level.INFO);
        HELIDON.setLevel(Level.WARNING);
    }

    private static Handler standardOutput(Formatter formatter) {
        return new StreamHandler(System.out, formatter) {
            @Override
            public synchronized void publish(java.util.logging.LogRecord record) {
                super.publish(record);
                flush();
            }
        };
    }
}
