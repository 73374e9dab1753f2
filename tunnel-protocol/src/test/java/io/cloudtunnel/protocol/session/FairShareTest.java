package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FairShareTest {

    private static final int PUMPS = 8;
    private static final int OTHERS = 50;
    private static final int BYTES = 64 * 1024;

    /** In a process of its own, since the number of carriers is the process's. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void othersGetTheirTurnWhileAllPumpsRun(int carriers) throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Djdk.virtualThreadScheduler.parallelism=" + carriers,
                                "-Djdk.virtualThreadScheduler.maxPoolSize=" + carriers,
                                "-cp",
                                classPath(FairShare.class) + classPath(FairShareTest.class),
                                Crowd.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
    }

    private static String classPath(Class<?> of) throws Exception {
        return Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI())
                + System.getProperty("path.separator");
    }

    @Test
    void aThreadAloneGoesOn() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        Thread.startVirtualThread(() -> {
            FairShare share = new FairShare();
            for (int i = 0; i < 10_000; i++) {
                share.passed(BYTES);
            }
            done.countDown();
        });
        assertTrue(done.await(30, TimeUnit.SECONDS));
    }

    /** Pumps that never block, and others that come one after the other. */
    static final class Crowd {

        private static volatile boolean over;
        private static volatile long sum;

        private Crowd() {}

        public static void main(String[] args) throws Exception {
            CountDownLatch ended = new CountDownLatch(PUMPS);
            for (int i = 0; i < PUMPS; i++) {
                Thread.startVirtualThread(() -> pump(ended));
            }
            for (int i = 0; i < OTHERS; i++) {
                CountDownLatch ran = new CountDownLatch(1);
                Thread.startVirtualThread(ran::countDown);
                if (!ran.await(5, TimeUnit.SECONDS)) {
                    System.out.println("thread " + i + " did not run within 5 s");
                    System.exit(1);
                }
            }
            over = true;
            System.exit(ended.await(5, TimeUnit.SECONDS) ? 0 : 2);
        }

        private static void pump(CountDownLatch ended) {
            FairShare share = new FairShare();
            while (!over) {
                long work = 0;
                for (int i = 0; i < 20_000; i++) { // some tens of microseconds
                    work += i ^ sum;
                }
                sum = work;
                share.passed(BYTES);
            }
            ended.countDown();
        }
    }
}
