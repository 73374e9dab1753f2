package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However a program ends, its last lines are there, and all before them. */
@Timeout(120)
class LogsAtTheEndTest {

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"return,0", "exit,3", "crash,1"})
    void nothingIsLost(String end, int status) throws Exception {
        Forked result = Forked.run(folder, List.of(), LoggingSample.class, end, "text");
        assertEquals(status, result.status(), result.err());
        assertComplete(result.err().lines().toList());
    }

    @Test
    void nothingIsLostOnSigterm() throws Exception {
        Process process = start("signal", folder.resolve("err.txt"));
        try (BufferedReader out = process.inputReader()) {
            assertEquals("ready", out.readLine());
            process.destroy();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not end");
        }
        assertComplete(Files.readAllLines(folder.resolve("err.txt")));
    }

    private static void assertComplete(List<String> lines) {
        int[] next = new int[LoggingSample.THREADS];
        for (String line : lines) {
            int at = line.indexOf(" INFO thread");
            if (at > 0) {
                int thread = line.charAt(at + 12) - '0';
                assertEquals(" INFO thread" + thread + " " + next[thread]++, line.substring(at));
            }
        }
        for (int count : next) {
            assertEquals(LoggingSample.LINES, count);
        }
        assertTrue(lines.stream().anyMatch(line -> line.endsWith(" INFO last words")));
    }

    @Test
    void aPipeThatNobodyReadsStopsNeitherTheProgramNorItsEnd() throws Exception {
        Process process =
                new ProcessBuilder(command("exit", "json"))
                        .directory(folder.toFile())
                        .redirectError(folder.resolve("err.txt").toFile())
                        .start();
        try {
            // More lines than pipe and buffers hold, and nobody reads standard output.
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it waits for its output");
            assertEquals(3, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start(String end, Path err) throws Exception {
        return new ProcessBuilder(command(end, "text"))
                .directory(folder.toFile())
                .redirectError(err.toFile())
                .start();
    }

    private static List<String> command(String... args) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Forked.classPath(),
                LoggingSample.class.getName(),
                args[0],
                args[1]);
    }
}
