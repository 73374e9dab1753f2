package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.server.TunnelServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances of a server behind a front end that gives the connections to both by turns, with
 * nothing that connects the instances.
 */
@EnabledIfSystemProperty(named = "tests.long", matches = "true") // a dozen probes, 5 s apart
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SeveralInstancesIT {

    private static final String KEY = "k:" + "0123456789abcdef".repeat(4);

    @TempDir Path folder;

    private static TunnelServer instance() {
        return TunnelServer.builder()
                .host("127.0.0.1")
                .port(0)
                .tunnelKey(KEY)
                .linkLifetime(Duration.ofSeconds(8)) // so that the agent rolls over each 5 s
                .start();
    }

    @Test
    void theAgentSaysSoOnceAndDialsNoMoreForThat() throws Exception {
        AtomicInteger links = new AtomicInteger();
        AtomicInteger others = new AtomicInteger();
        try (TunnelServer one = instance();
                TunnelServer other = instance();
                RawService local = new RawService(call -> call.answer(200, "ok"));
                Switchboard front =
                        new Switchboard(line -> {
                            AtomicInteger turn = line.startsWith("GET /ws") ? links : others;
                            return (turn.getAndIncrement() % 2 == 0 ? one : other).port();
                        });
                LogLines log = new LogLines();
                TunnelAgent agent =
                        TunnelAgent.builder()
                                .server("http://localhost:" + front.port())
                                .local("http://127.0.0.1:" + local.port())
                                .credentialsFile(folder.resolve("credentials.json"))
                                .links(1)
                                .start()) {
            assertTrue(agent.awaitConnected(Tunnel.PATIENCE));
            String line = log.await("warning", 60_000, each -> each.contains("SEVERAL INSTANCES"));
            assertTrue(line.contains("max-instances 1"), line);
            assertTrue(line.contains("REDIS_URL"), line);
            long dialled = log.count("dialling at once");
            int probes = front.connections("GET /pub/").size();
            Waiting.until(30, "probes", () -> front.connections("GET /pub/").size() >= probes + 3);
            assertEquals(1, log.count("SEVERAL INSTANCES"));
            assertEquals(dialled, log.count("dialling at once"));
            assertTrue(agent.awaitConnected(Duration.ZERO), "it goes on with what it has");
        }
    }
}
