package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.AgentListener;
import io.cloudtunnel.agent.AgentState;
import io.cloudtunnel.agent.TunnelAgent;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two real agents of one tunnel, of which the newer one wants it for itself. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExclusiveIT {

    private static final int REQUESTS = 200;

    @TempDir Path folder;

    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final CountDownLatch replaced = new CountDownLatch(1);
    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicInteger atOlder = new AtomicInteger();

    /** Is told when the older agent has no link any more. */
    private final AgentListener older =
            new AgentListener() {
                @Override
                public void stateChanged(AgentState state, String detail) {
                    if (state == AgentState.WAITING && detail.contains("taken over")) {
                        replaced.countDown();
                    }
                }
            };

    private void answerAsOlder(RawService.Call call) throws Exception {
        atOlder.incrementAndGet();
        if (call.head().target().equals("/slow")) {
            asked.countDown();
            assertTrue(mayEnd.await(20, TimeUnit.SECONDS));
        }
        call.answer(200, "older");
    }

    private TunnelAgent newer(Rig rig, RawService local) throws Exception {
        return TunnelAgent.builder()
                .server("http://localhost:" + rig.port())
                .local("http://127.0.0.1:" + local.port())
                .credentialsFile(folder.resolve("credentials.json"))
                .exclusive(true)
                .start();
    }

    private static String served(Rig rig) throws Exception {
        try (Wire client = rig.get("/")) {
            return client.text(client.readAnswer());
        }
    }

    @Test
    void theOlderOneEndsWhatItHasAndGoes() throws Exception {
        try (Rig rig =
                        Rig.start(
                                folder,
                                "binary",
                                this::answerAsOlder,
                                server -> server,
                                agent -> agent.listener(older).links(2));
                RawService local = new RawService(call -> call.answer(200, "newer"));
                LogLines log = new LogLines();
                Wire slow = rig.get("/slow")) {
            assertTrue(asked.await(20, TimeUnit.SECONDS));
            try (TunnelAgent newest = newer(rig, local)) {
                assertTrue(newest.awaitConnected(Tunnel.PATIENCE));
                // Its hello follows the 101; until then the older one serves.
                Waiting.until(20, "taken over", () -> served(rig, "newer"));
                int before = atOlder.get();
                for (int i = 0; i < REQUESTS; i++) {
                    assertEquals("newer", served(rig));
                }
                assertEquals(before, atOlder.get());
                assertEquals(1, replaced.getCount(), "its request is still open");
                mayEnd.countDown();
                assertEquals("older", slow.text(slow.readAnswer()));
                assertTrue(replaced.await(20, TimeUnit.SECONDS));
                log.await("what it says", 1000, line -> line.contains("ANOTHER AGENT"));
                assertEquals("newer", served(rig));
                assertNull(newest.failure());
            }
        }
    }

    private static boolean served(Rig rig, String by) {
        try {
            return served(rig).equals(by);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
