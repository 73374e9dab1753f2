package io.cloudtunnel.benchmarks;

import io.cloudtunnel.benchmarks.load.LoadMain;
import org.junit.jupiter.api.Test;

/**
 * Runs the end-to-end load in the JVM that the build chose; docs/performance.md has the command.
 */
class LoadRun {

    @Test
    void run() throws Exception {
        LoadMain.main(new String[0]);
    }
}
