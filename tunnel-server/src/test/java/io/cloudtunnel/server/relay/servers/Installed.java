package io.cloudtunnel.server.relay.servers;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Programs that others wrote, as packages install them. A test that needs one that is missing is
 * skipped on a developer's machine, and fails where {@code CI=true}: what CI reports as passed has
 * run. {@code .ci/run} installs them all.
 */
public final class Installed {

    /** Where daemons are, which a user's PATH may leave out. */
    private static final List<String> MORE = List.of("/usr/sbin", "/usr/local/sbin");

    private Installed() {}

    /** The program of this name. */
    public static String need(String name) {
        List<String> folders = new ArrayList<>();
        String path = System.getenv("PATH");
        if (path != null) {
            folders.addAll(List.of(path.split(File.pathSeparator)));
        }
        folders.addAll(MORE);
        for (String folder : folders) {
            Path program = Path.of(folder, name);
            if (Files.isExecutable(program)) {
                return program.toString();
            }
        }
        return missing(name);
    }

    /** Skips the test, or fails it. */
    public static String missing(String what) {
        String text = what + " is not installed; .ci/run shows where it comes from";
        return "true".equals(System.getenv("CI")) ? fail(text) : abort(text);
    }
}
