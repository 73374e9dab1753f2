package io.cloudtunnel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Collection;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/**
 * Runs JMH in the JVM that the build chose, so that its forks are of the same JDK;
 * docs/performance.md has the command.
 */
class BenchmarksRun {

    @Test
    void run() throws Exception {
        String[] options =
                Stream.concat(
                                // A benchmark that throws fails the run.
                                Stream.of("-foe", "true", System.getProperty("bench", ".*")),
                                Stream.of(System.getProperty("bench.options", "").split(" ")))
                        .filter(option -> !option.isBlank())
                        .toArray(String[]::new);
        Collection<RunResult> results = new Runner(new CommandLineOptions(options)).run();
        assertFalse(results.isEmpty(), "no benchmark has this name");
    }
}
