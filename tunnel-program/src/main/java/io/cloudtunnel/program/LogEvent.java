package io.cloudtunnel.program;

import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * What is logged with members of its own where lines are JSON. Logged as the only argument of the
 * message {@code "{0}"}: so any other logging shows {@link #toString}, and ours takes it without
 * parsing a pattern.
 */
public interface LogEvent {

    /** The message that it is logged with. */
    String PATTERN = "{0}";

    /** The whole as one line of text. */
    @Override
    String toString();

    /** A short text for people, beside the members. */
    String message();

    /** Adds its members; {@code severity}, {@code time}, {@code message} and {@code logger} are. */
    void members(JsonMembers json);

    /** The event of a record, null if it has none. */
    static @Nullable LogEvent of(LogRecord record) {
        Object[] arguments = record.getParameters();
        return arguments != null && arguments.length == 1 && arguments[0] instanceof LogEvent event
                ? event
                : null;
    }
}
