package io.cloudtunnel.it.cloudrun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL, of which nobody is told: of an agent beside another one, and then of the server. */
@EnabledIfSystemProperty(named = "tests.long", matches = "true") // ChaosIT kills, too
@Tag("alone")
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KilledIT {

    private static final long WHOLE_MILLIS = 2000;

    @TempDir Path folder;

    @Test
    void theTunnelIsSoonWholeAgain() throws Exception {
        try (Scene scene = Scene.start(folder, "binary", 2);
                Load load = Load.start(scene.client())) {
            Report report = new Report(scene.ledger(), scene.application());
            load.awaitSecond(1);
            report.event("SIGKILL of an agent");
            long agentKilled = System.nanoTime();
            scene.agents().kill();
            load.awaitSecond(3);
            report.event("SIGKILL of the server");
            Service.Revision revived = scene.service().kill();
            scene.awaitLinks(Scene.LINKS); // of the agent that lives
            long millis = (System.nanoTime() - revived.readyNanos()) / 1_000_000;
            load.awaitSecond(8);
            report.outcomes(load.end());
            System.out.println("whole after " + millis + " ms; " + report.table());
            report.failed().forEach(System.out::println);
            Files.writeString(Path.of("target", "cloudrun-killed.log"), scene.output());
            assertTrue(millis <= WHOLE_MILLIS, "whole after " + millis + " ms");
            // What became of these at the killed agent nobody knows, and a GET is asked again.
            assertEquals(
                    List.of(),
                    report.failed(each -> each.kind() != Kind.SMALL && each.isOpenAt(agentKilled)));
            assertEquals(List.of(), report.mangled());
            assertEquals(List.of(), report.miscounted());
        }
    }
}
