package io.cloudtunnel.program;

import java.util.logging.LogManager;

/**
 * Keeps the log's handlers while the JVM shuts down: the JDK's own manager takes them away in a
 * shutdown hook, beside those in which a program still has something to say. Named by the system
 * property {@code java.util.logging.manager}; safe for use by several threads.
 */
public final class LastingLogManager extends LogManager {

    /** For the JVM. */
    public LastingLogManager() {}

    /** Does nothing while the JVM shuts down. */
    @Override
    public void reset() {
        if (!isShuttingDown()) {
            super.reset();
        }
    }

    /** Only a running JVM takes another hook. */
    private static boolean isShuttingDown() {
        Thread probe = new Thread(() -> {}, "tunnel-probe");
        try {
            Runtime.getRuntime().addShutdownHook(probe);
            Runtime.getRuntime().removeShutdownHook(probe);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }
}
