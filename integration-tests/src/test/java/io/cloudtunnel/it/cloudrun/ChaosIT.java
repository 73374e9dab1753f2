package io.cloudtunnel.it.cloudrun;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudtunnel.it.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several instances, of which random ones are asked, while their owner is killed, one joins, one
 * leaves and the broker is away: who could be served is, with the right bytes, and once. Half a
 * minute, or with {@code tests.long} two.
 */
@Tag("alone")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChaosIT {

    private static final boolean LONG = Boolean.getBoolean("tests.long");
    private static final int ROUNDS = LONG ? 4 : 1;
    private static final long AWAY_SECONDS = 5;
    private static final long SLOW_MILLIS = 1500;

    @TempDir Path folder;

    @Test
    void overRedis() throws Exception {
        run("redis", Joint.redis(), "binary", 2);
    }

    @Test
    @EnabledIfSystemProperty(named = "tests.long", matches = "true")
    void overNats() throws Exception {
        run("nats", Joint.nats(), "binary", 2);
    }

    /**
     * An agent in JSON mode. Its one link cannot say that it leaves, nor that it takes no more, so
     * a request may be lost with it; but none arrives twice or mangled, and then all is well again.
     */
    @Test
    @EnabledIfSystemProperty(named = "tests.long", matches = "true")
    void inJsonMode() throws Exception {
        run("json", Joint.redis(), "json", 1);
    }

    private void run(String name, Joint joint, String mode, int agents) throws Exception {
        try (Crowd crowd = Crowd.start(folder, joint, mode, agents);
                Load load = Load.start(crowd.client())) {
            Report report = new Report(crowd.ledger(), crowd.application());
            Excuses excuses = new Excuses(crowd.ledger(), mode.equals("json"));
            for (int round = 0; round < ROUNDS; round++) {
                oneOfEach(crowd, load, report, excuses);
            }
            List<Outcome> outcomes = load.end();
            report.outcomes(outcomes);
            Files.writeString(
                    Files.createDirectories(Path.of("target")).resolve("chaos-" + name + ".log"),
                    crowd.output());
            System.out.println("chaos over " + name + ": " + report.table());
            System.out.println(why(outcomes, excuses));
            report.slow(SLOW_MILLIS).forEach(each -> System.out.println("slow: " + each));
            List<String> failed = report.failed(excuses::excuse);
            failed.forEach(System.out::println);
            assertEquals(List.of(), failed);
            assertEquals(List.of(), report.mangled());
            assertEquals(List.of(), report.miscounted());
        }
    }

    private static void oneOfEach(Crowd crowd, Load load, Report report, Excuses excuses)
            throws IOException, InterruptedException {
        load.awaitMore(2);
        report.event("SIGKILL of the owner");
        Service.Revision killed = crowd.kill();
        excuses.killed(killed, System.nanoTime());
        crowd.launch();
        crowd.launch();
        crowd.join();
        report.event("another has taken its place");
        load.awaitMore(1);
        crowd.join();
        report.event("an instance has joined");
        load.awaitMore(2);
        report.event("SIGTERM of the owner");
        long left = System.nanoTime();
        Service.Revision leaving = crowd.terminate();
        // What it serves for others is over then, which would be excused by nothing.
        assertEquals(true, leaving.program().hasExited(12, TimeUnit.SECONDS), "it left");
        excuses.left(left, System.nanoTime());
        load.awaitMore(1);
        report.event("the broker is away");
        long from = System.nanoTime();
        crowd.joint().stop();
        long gone = System.nanoTime();
        load.awaitMore(AWAY_SECONDS);
        report.event("the broker is back, empty");
        crowd.joint().start();
        excuses.outage(from, gone, System.nanoTime(), crowd.owner());
        Waiting.until(3, "all are ready", crowd::isReady);
        load.awaitMore(5); // of which nothing is excused in the last two
    }

    /** How many failed of what. */
    private static String why(List<Outcome> outcomes, Excuses excuses) {
        Map<String, Long> counts =
                outcomes.stream()
                        .filter(Outcome::failed)
                        .collect(
                                Collectors.groupingBy(
                                        each ->
                                                each.kind()
                                                        + ", "
                                                        + excuses.reason(each)
                                                        + ": "
                                                        + each.failure().replaceAll("\\d{4,}", "N"),
                                        TreeMap::new,
                                        Collectors.counting()));
        StringBuilder text = new StringBuilder();
        counts.forEach((what, count) -> text.append(count).append(" × ").append(what).append('\n'));
        return text.toString();
    }
}
