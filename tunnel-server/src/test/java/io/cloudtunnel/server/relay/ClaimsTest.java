package io.cloudtunnel.server.relay;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.server.registry.Bridge;
import io.cloudtunnel.server.registry.FakeLink;
import io.cloudtunnel.server.registry.LinkRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ClaimsTest {

    private static final int TUNNELS = 300;
    private static final long CLAIM_MILLIS = 10; // as by a directory that is far away

    private final MemoryEngine memory = new MemoryEngine();
    private final List<Long> beats = new CopyOnWriteArrayList<>();
    private final CountDownLatch claimed = new CountDownLatch(TUNNELS);

    private Directory slow(Directory real) {
        return (Directory)
                Proxy.newProxyInstance(
                        Directory.class.getClassLoader(),
                        new Class<?>[] {Directory.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("beat")) {
                                beats.add(System.nanoTime());
                            } else if (method.getName().equals("claim")) {
                                TimeUnit.MILLISECONDS.sleep(CLAIM_MILLIS);
                                claimed.countDown();
                            }
                            try {
                                return method.invoke(real, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    /** Else others would take the instance for dead while it claims, and all claims be in vain. */
    @Test
    void heartbeatsComeInTimeHoweverManyTunnelsAreClaimed() throws Exception {
        var links =
                new LinkRegistry(TUNNELS, new Bridge(Duration.ZERO, 1), new MemoryBudget(1L << 20));
        for (int i = 0; i < TUNNELS; i++) {
            links.add("t" + i, FakeLink.json());
        }
        Engine real = memory.engine();
        Engine engine = new Engine(real.broker(), slow(real.directory()));
        try (Claims claims = new Claims("one", engine, links, (peer, tunnel) -> {})) {
            claims.start();
            assertTrue(claimed.await(20, TimeUnit.SECONDS), claimed.getCount() + " are left");
        }
        assertTrue(beats.size() > 2, "the claims took longer than two heartbeats are apart");
        for (int i = 1; i < beats.size(); i++) {
            long millis = TimeUnit.NANOSECONDS.toMillis(beats.get(i) - beats.get(i - 1));
            assertTrue(millis < 2000, millis + " ms without a heartbeat");
        }
    }
}
