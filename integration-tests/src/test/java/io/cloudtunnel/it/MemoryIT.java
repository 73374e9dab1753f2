package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Server and agents with a heap of 64 MiB each, under all kinds of load at once; with {@code
 * tests.long} for two minutes. {@code -Dtests.jvm} gives the programs more options of the JVM.
 */
@Tag("alone")
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MemoryIT {

    private static final boolean LONG = Boolean.getBoolean("tests.long");
    private static final long MIB = 1024 * 1024;
    private static final long LARGE = LONG ? 1024 * MIB : 64 * MIB;
    private static final int STALLED = LONG ? 100 : 50;
    private static final int JSON = LONG ? 50 : 20;
    private static final long AT_LEAST_NANOS = LONG ? 120_000_000_000L : 0;
    private static final long PEAK_KIB = 200 * 1024;

    private static final Map<String, String> SMALL_HEAP =
            Map.of(
                    "JAVA_TOOL_OPTIONS",
                    "-Xmx64m -XX:+UseSerialGC " + System.getProperty("tests.jvm", ""));

    @TempDir Path folder;

    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(16); // the large transfers
    private long began;
    private int port;

    @Test
    void fewMegabytesCarryMany() throws Exception {
        try (RawService local = new RawService(new Bodies());
                Programs server =
                        Programs.start(folder, "tunnel-server", SMALL_HEAP, "--port", "0")) {
            port = server.port();
            try (Programs binary = agent(local, "binary");
                    Programs json = agent(local, "json")) {
                load(binary.publicPath(), json.publicPath());
                long ofServer = server.peakKib();
                long ofAgent = binary.peakKib();
                long ofJson = json.peakKib();
                System.out.printf(
                        "peak RSS: server %d MiB, agent %d MiB, JSON agent %d MiB;"
                                + " %d requests served, %d refused%n",
                        ofServer / 1024,
                        ofAgent / 1024,
                        ofJson / 1024,
                        served.get(),
                        refused.get());
                assertTrue(ofServer <= PEAK_KIB, "server: " + ofServer + " KiB");
                assertTrue(ofAgent <= PEAK_KIB, "agent: " + ofAgent + " KiB");
                assertTrue(ofJson <= PEAK_KIB, "JSON agent: " + ofJson + " KiB");
                assertTrue(refused.get() <= served.get() / 2, refused + " of " + served);
                for (Programs each : List.of(server, binary, json)) {
                    assertTrue(
                            !each.output().contains("OutOfMemory"), "no OutOfMemoryError anywhere");
                }
            }
        }
    }

    private Programs agent(RawService local, String mode) throws IOException {
        return Programs.agent(
                folder, SMALL_HEAP, port, local.port(), "--mode", mode, "--name", mode);
    }

    private void load(String binary, String json) throws Exception {
        List<Wire> stalled = new ArrayList<>();
        List<Future<Void>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < STALLED; i++) {
                stalled.add(stalled(binary));
            }
            Content.Seen large = Content.of(LARGE);
            Content.Seen small = Content.of(MIB);
            began = System.nanoTime();
            for (int i = 0; i < 8; i++) {
                running.add(threads.submit(large(() -> download(binary, LARGE, large))));
                running.add(threads.submit(large(() -> upload(binary, LARGE, large))));
            }
            for (int i = 0; i < JSON; i++) {
                running.add(
                        threads.submit(
                                i % 2 == 0
                                        ? beside(() -> download(json, MIB, small))
                                        : beside(() -> upload(json, MIB, small))));
            }
            for (Future<Void> each : running) {
                each.get();
            }
        } finally {
            for (Wire each : stalled) {
                each.leave();
            }
        }
    }

    private String head(String method, String target, String path, String... fields) {
        String more = String.join("", Arrays.stream(fields).map(f -> f + "\r\n").toList());
        return method + " " + target + path + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
    }

    private Wire stalled(String target) throws IOException {
        Wire wire = Wire.narrow(port).send(head("GET", target, "/down/length/" + 10 * MIB));
        count(wire.readAnswer());
        return wire;
    }

    /** Whether it was served; else it has to be a stated 503. */
    private boolean count(Wire.Head answer) {
        if (answer.status() == 503) {
            assertEquals("out-of-budget", answer.first("Cloudtunnel-Error"));
            refused.incrementAndGet();
            return false;
        }
        assertEquals(200, answer.status());
        served.incrementAndGet();
        return true;
    }

    private interface Transfer {
        void run() throws Exception;
    }

    /** Again and again, until the time is over. */
    private Callable<Void> large(Transfer transfer) {
        return () -> {
            try {
                do {
                    transfer.run();
                } while (System.nanoTime() - began < AT_LEAST_NANOS);
            } finally {
                over.countDown();
            }
            return null;
        };
    }

    /** Once, and with {@code tests.long} about once a second while there are large transfers. */
    private Callable<Void> beside(Transfer transfer) {
        return () -> {
            do {
                transfer.run();
            } while (LONG && !over.await(1, TimeUnit.SECONDS));
            return null;
        };
    }

    private void download(String target, long size, Content.Seen expected) throws IOException {
        try (Wire wire = Wire.to(port)) {
            wire.send(head("GET", target, "/down/length/" + size));
            Wire.Head answer = wire.readAnswer();
            if (count(answer)) {
                assertEquals(expected, Content.read(wire.body(answer, false)));
            }
        }
    }

    private void upload(String target, long size, Content.Seen expected) throws IOException {
        try (Wire wire = Wire.to(port)) {
            wire.send(head("POST", target, "/sink", "Content-Length: " + size));
            try {
                Content.write(size, (bytes, count) -> wire.send(Arrays.copyOf(bytes, count)));
            } catch (IOException e) {
                // The server has answered, and has had enough: the answer says why.
            }
            Wire.Head answer = wire.readAnswer();
            if (count(answer)) {
                assertEquals(expected.length() + " " + expected.hash(), answer.first("X-Seen"));
            }
        }
    }
}
