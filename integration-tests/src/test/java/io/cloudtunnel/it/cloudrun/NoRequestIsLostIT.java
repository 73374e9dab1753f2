package io.cloudtunnel.it.cloudrun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Behind a front end as Cloud Run's, with links that are cut every 15 s, deploys and restarts: no
 * request is lost. Half a minute, or with {@code tests.long} three.
 */
@Tag("alone")
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NoRequestIsLostIT {

    private static final boolean LONG = Boolean.getBoolean("tests.long");
    private static final int ROUNDS = LONG ? 3 : 1;
    private static final int ROUND_SECONDS = LONG ? 60 : 30;
    private static final long P99_MILLIS = 1000;

    @TempDir Path folder;

    @Test
    void inBinaryModeNoneIs() throws Exception {
        try (Scene scene = Scene.start(folder, "binary", 2);
                Load load = Load.start(scene.client())) {
            Report report = new Report(scene.ledger(), scene.application());
            for (int round = 0; round < ROUNDS; round++) {
                oneOfEach(scene, load, report, round * ROUND_SECONDS);
            }
            end(scene, load, report, "binary");
            assertEquals(List.of(), report.failed());
            assertEquals(List.of(), report.miscounted());
            assertTrue(report.smallMillis(99) <= P99_MILLIS, report.table());
        }
    }

    /** The published protocol can do less: docs/operations.md says what is lost. */
    @Test
    void inJsonModeNoneIsMangledOrSentTwice() throws Exception {
        assumeTrue(LONG, "at full length only");
        try (Scene scene = Scene.start(folder, "json", 1);
                Load load = Load.start(scene.client())) {
            Report report = new Report(scene.ledger(), scene.application());
            oneOfEach(scene, load, report, 0);
            end(scene, load, report, "json");
            assertEquals(List.of(), report.mangled());
            assertEquals(List.of(), report.miscounted());
            scene.client().request(Kind.POST, Long.MAX_VALUE); // all is well again
        }
    }

    private static void oneOfEach(Scene scene, Load load, Report report, int began)
            throws IOException, InterruptedException {
        load.awaitSecond(began + ROUND_SECONDS / 10);
        report.event("deploy, the old process ends");
        scene.service().deployAndTerminate();
        load.awaitSecond(began + ROUND_SECONDS / 10 * 4);
        report.event("an agent restarts");
        scene.agents().restart();
        load.awaitSecond(began + ROUND_SECONDS / 10 * 7);
        report.event("deploy, the old process stays");
        scene.service().deployAndKeep();
        load.awaitSecond(began + ROUND_SECONDS);
    }

    private static void end(Scene scene, Load load, Report report, String mode)
            throws IOException, InterruptedException {
        report.outcomes(load.end());
        System.out.println(mode + " mode: " + report.table());
        report.failed().forEach(System.out::println);
        Files.writeString(
                Files.createDirectories(Path.of("target")).resolve("cloudrun-" + mode + ".log"),
                scene.output());
    }
}
