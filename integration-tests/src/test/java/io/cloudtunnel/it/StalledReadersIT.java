package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.relay.servers.RedisServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that take the head of 10 MiB and nothing more delay nobody, and cost what is budgeted.
 */
@EnabledIfSystemProperty(named = "tests.long", matches = "true")
@Tag("alone")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StalledReadersIT {

    private static final int STALLED = 100;
    private static final int NORMAL = 20;
    private static final long SIZE = 10 * 1024 * 1024;

    /** Less than two rounds of stalled readers at the windows that they have at first. */
    private static final long BUDGET = 40 * 1024 * 1024;

    @TempDir Path folder;

    @Test
    void theOthersGoOnAndNothingIsLeftOfThem() throws Exception {
        try (Rig rig =
                Rig.start(
                        folder,
                        "binary",
                        new Bodies(),
                        server -> server.memoryBudget(BUDGET),
                        agent -> agent.memoryBudget(BUDGET))) {
            othersGoOn(rig);
        }
    }

    /** So between instances, where all of them share one way: none of it is theirs. */
    @Test
    void overTheRelayToo() throws Exception {
        try (RedisServer redis = new RedisServer();
                Rig rig =
                        Rig.relayed(
                                folder,
                                redis,
                                new Bodies(),
                                server -> server.memoryBudget(BUDGET),
                                agent -> agent.memoryBudget(BUDGET))) {
            othersGoOn(rig);
        }
    }

    private static void othersGoOn(Rig rig) throws Exception {
        normal(rig); // warms up
        long alone = normal(rig);
        for (int round = 0; round < 3; round++) { // what a round kept would be missing later
            List<Wire> stalled = new ArrayList<>();
            for (int i = 0; i < STALLED; i++) {
                stalled.add(stalled(rig));
            }
            long beside = normal(rig);
            assertTrue(
                    beside < 5 * alone + TimeUnit.SECONDS.toNanos(2),
                    NORMAL + " requests took " + beside / 1000 + " µs, alone " + alone / 1000);
            for (Wire each : stalled) {
                each.leave();
            }
            awaitIdle(rig);
        }
        try (Wire client = rig.get("/down/length/" + SIZE)) {
            assertEquals(Content.of(SIZE), Content.read(client.body(client.readAnswer(), false)));
        }
    }

    private static Wire stalled(Rig rig) throws Exception {
        Wire wire = Wire.narrow(rig.port());
        wire.send(rig.requestHead("GET", "/down/length/" + SIZE));
        assertEquals(200, wire.readAnswer().status());
        return wire;
    }

    /** Nanoseconds of some small requests, one after the other. */
    private static long normal(Rig rig) throws Exception {
        Content.Seen seen = Content.of(10_000);
        long began = System.nanoTime();
        try (Wire client = rig.client()) {
            for (int i = 0; i < NORMAL; i++) {
                client.send(rig.requestHead("GET", "/down/length/10000"));
                Wire.Head head = client.readAnswer();
                assertEquals(200, head.status());
                assertEquals(seen, Content.read(client.body(head, false)));
            }
        }
        return System.nanoTime() - began;
    }

    /** The local service's connections that were stalled are closed: each exchange is over. */
    private static void awaitIdle(Rig rig) throws InterruptedException {
        Waiting.until(5, "stalled exchanges end", () -> rig.local().connections() <= NORMAL);
    }
}
