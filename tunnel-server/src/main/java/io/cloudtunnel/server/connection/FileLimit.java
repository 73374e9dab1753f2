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

    private FileLimit() {}

    /**
     * How many connections there may be: three quarters of what is free now. The rest is for what
     * the process opens besides. Where the system does not tell it is not limited.
     */
    public static int connections() {
        return connections(Path.of("/proc/self"));
    }

    static int connections(Path process) {
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
            long free = limit(Files.readAllLines(process.resolve("limits"))) - open.count();
            return Math.clamp(free / 4 * 3, LEAST, Integer.MAX_VALUE);
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
