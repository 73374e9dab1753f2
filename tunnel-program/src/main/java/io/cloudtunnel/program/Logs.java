package io.cloudtunnel.program;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

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

    /**
     * Replaces what the JVM logs with by default. Lines are written by a thread of its own, many
     * with one call under load; all are written when the JVM ends. Where the output takes nothing,
     * lines wait for a quarter of a second at most, and are then dropped and counted.
     */
    public static void setUp(Format format) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
            if (handler instanceof LineHandler ours) {
                ours.close();
            }
        }
        LineHandler handler =
                format == Format.JSON
                        ? new LineHandler(System.out, new JsonLines())
                        : new LineHandler(System.err, new TextLines());
        root.addHandler(handler);
        root.setLevel(Level.INFO);
        HELIDON.setLevel(Level.WARNING);
        writeThroughAtTheEnd(handler);
    }

    /** Hooks run at the same time; what others log after this one has run is written at once. */
    private static void writeThroughAtTheEnd(LineHandler handler) {
        Thread hook = new Thread(handler::writeThrough, "tunnel-log-shutdown");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            handler.writeThrough(); // the end has begun
        }
    }

    /**
     * Waits until what was logged has been written, a second at most. For a program that prints
     * something itself, which is to stand after the lines before it.
     */
    public static void flush() {
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.flush();
        }
    }
}
