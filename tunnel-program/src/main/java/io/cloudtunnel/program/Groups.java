package io.cloudtunnel.program;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A key of the configuration file that has several of what a program otherwise has one of, each by
 * a name of its own and with options of its own. What stands at the top of the file, in the
 * environment or among the flags holds for all of them.
 *
 * @param key the key, such as {@code tunnels}
 * @param one what one of them is called in messages, such as {@code tunnel}
 * @param within the options that each may have
 * @param alone those of them that have to differ, so that there, where there are groups, they
 *     cannot hold for all
 */
public record Groups(String key, String one, List<Option> within, List<Option> alone) {

    /** What names of groups are like. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,62}");

    /** Copies the lists. */
    public Groups {
        within = List.copyOf(within);
        alone = List.copyOf(alone);
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Whether a key of the file, with dots between its parts, is below this one. */
    boolean has(String path) {
        return path.equals(key) || path.startsWith(key + ".");
    }
}
