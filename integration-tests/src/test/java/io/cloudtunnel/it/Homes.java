package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Folders with a program, its part of the JDK and its AOT cache, made as images make them. */
final class Homes {

    private Homes() {}

    /** Whether tests are at full length. */
    static final boolean LONG = Boolean.getBoolean("tests.long");

    private static final long PATIENCE_SECONDS = 120;

    /** Makes the folder, for one program; the other one is for its training run. */
    static void make(Path home, String program, String other) throws Exception {
        run(home, Map.of(), script("image/runtime.sh"), jar(program), home.toString());
        run(home, Map.of(), script("image/train.sh"), home.toString(), program, jar(other));
    }

    /** The same within a second: with the whole JDK of this process, and no cache. */
    static void makeQuickly(Path home, String program) throws Exception {
        Path java = Files.createDirectories(home.resolve("runtime/bin")).resolve("java");
        Files.writeString(
                java,
                "#!/bin/sh\nshift # the cache\nexec %s \"$@\"\n"
                        .formatted(Programs.javaOfThisProcess()));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.copy(Path.of(jar(program)), home.resolve(program + ".jar"));
        Files.createFile(home.resolve(program + ".aot"));
    }

    /** Runs a script of deploy to its end, beside the folder. */
    static void run(Path home, Map<String, String> environment, String... script) throws Exception {
        List<String> command = new ArrayList<>(List.of("/bin/sh"));
        command.addAll(List.of(script));
        Map<String, String> all = new HashMap<>(environment);
        all.put("JAVA_HOME", System.getProperty("java.home"));
        try (Programs program = Programs.start(home.toAbsolutePath().getParent(), command, all)) {
            assertEquals(0, program.awaitExit(PATIENCE_SECONDS), program::output);
        }
    }

    /** A script of the project's. */
    static String script(String name) {
        return Path.of("..", "deploy", name).toAbsolutePath().normalize().toString();
    }

    private static String jar(String program) {
        return Path.of("..", program, "target", program + ".jar")
                .toAbsolutePath()
                .normalize()
                .toString();
    }
}
