package io.cloudtunnel.server.connection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How many files this process may have open, of which a connection is one; Linux tells. */
public final class FileLimit {

    private static final Pattern LINE = Pattern.compile("Max open files\\s+(\\d+)\\s.*");

    /** So many have to do, however low the limit is. */
    private static final int LEAST = 16;

    /** What the process opens besides, such as files that are read again, and its broker. */
    private static final int LEAST_BESIDE = 48;

    private static final int SHARE_BESIDE = 32;

    private FileLimit() {}

    /**
     * How many connections there may be: as many as are free now, but for a thirty-second part and
     * at least 48. Where the system does not tell it is not limited.
     */
    public static int connections() {
        return connections(Path.of("/proc/self"));
    }

    static int connections(Path process) {
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
            long free = limit(Files.readAllLines(process.resolve("limits"))) - open.count();
            long beside = Math.max(LEAST_BESIDE, free / SHARE_BESIDE);
            return Math.clamp(free - beside, LEAST, Integer.MAX_VALUE);
        } catch (IOException e) {
            return Integer.MAX_VALUE; // another system
        }
    }

    private static long limit(List<String> lines) {
        for (String line : lines) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                return Long.parseLong(matcher.group(1));
            }
        }
        return Integer.MAX_VALUE; // "unlimited"
    }
}
