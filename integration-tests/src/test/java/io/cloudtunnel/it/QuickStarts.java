package io.cloudtunnel.it;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What makes hundreds of starts cheap: AOT caches of the programs, by what makes those of the
 * images, and no compiler whose code would come too late. Where times or memory count it is left
 * out. Made once for each build, by whoever comes first of the tests' processes.
 */
final class QuickStarts {

    private static final boolean WANTED = Boolean.getBoolean("quick.starts");
    private static final List<String> PROGRAMS = List.of("tunnel-server", "tunnel-agent");
    private static final long PATIENCE_SECONDS = 120;

    private QuickStarts() {}

    /** Options of this JVM's own Java for a program; none where they are not wanted. */
    static synchronized List<String> options(String program) throws IOException {
        if (!WANTED) {
            return List.of();
        }
        Path home = home();
        return List.of("-XX:TieredStopAtLevel=1", "-XX:AOTCache=" + home.resolve(program + ".aot"));
    }

    private static Path jar(String program) {
        return Path.of("..", program, "target", program + ".jar").toAbsolutePath();
    }

    /** The folder with the caches of this build. */
    private static Path home() throws IOException {
        StringBuilder name = new StringBuilder("aot");
        for (String program : PROGRAMS) {
            name.append('-').append(Files.getLastModifiedTime(jar(program)).toMillis());
        }
        Path home = Path.of("target", name.toString()).toAbsolutePath();
        Path made = home.resolve("made");
        if (Files.exists(made)) {
            return home;
        }
        Files.createDirectories(home);
        try (FileChannel channel =
                        FileChannel.open(
                                home.resolve("lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (lock.isValid() && !Files.exists(made)) {
                make(home);
                Files.createFile(made);
            }
        }
        return home;
    }

    private static void make(Path home) throws IOException {
        Path runtime = home.resolve("runtime");
        Files.deleteIfExists(runtime); // of one that was cut
        Files.createSymbolicLink(runtime, Path.of(System.getProperty("java.home")));
        for (String program : PROGRAMS) {
            Files.copy(
                    jar(program),
                    home.resolve(program + ".jar"),
                    StandardCopyOption.COPY_ATTRIBUTES, // a cache is for a jar of this time
                    StandardCopyOption.REPLACE_EXISTING);
        }
        List<Process> trainings = new ArrayList<>();
        try {
            trainings.add(train(home, "tunnel-server", "tunnel-agent"));
            trainings.add(train(home, "tunnel-agent", "tunnel-server"));
            for (Process training : trainings) {
                if (!training.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)
                        || training.exitValue() != 0) {
                    throw new IOException("no AOT cache: see " + home);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            for (Process training : trainings) {
                training.descendants().forEach(ProcessHandle::destroyForcibly); // first: orphans
                training.destroyForcibly();
            }
        }
    }

    private static Process train(Path home, String program, String other) throws IOException {
        return new ProcessBuilder(
                        Programs.javaOfThisProcess(),
                        "-XX:TieredStopAtLevel=1",
                        Path.of("..", "deploy", "image", "Train.java").toString(),
                        home.toString(),
                        program,
                        home.resolve(other + ".jar").toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve(program + ".log").toFile())
                .start();
    }
}
