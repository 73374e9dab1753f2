package io.cloudtunnel.program;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What stands in each log line of a thread, and of all threads that it starts, and theirs: so that
 * the lines of one of several parts of a program can be told from those of the others. A part that
 * hands work to threads of somebody else's has no label there.
 */
public final class LogLabel {

    private static final InheritableThreadLocal<@Nullable String> LABEL =
            new InheritableThreadLocal<>();

    private LogLabel() {}

    /**
     * Does something with a label; an empty one is none.
     *
     * @throws Exception if the task does
     */
    public static <T> T during(String label, Callable<T> task) throws Exception {
        String before = LABEL.get();
        set(label.isEmpty() ? null : label);
        try {
            return task.call();
        } finally {
            set(before);
        }
    }

    private static void set(@Nullable String label) {
        if (label == null) {
            LABEL.remove();
        } else {
            LABEL.set(label);
        }
    }

    /** The label of this thread; null where it has none. */
    static @Nullable String current() {
        return LABEL.get();
    }
}
