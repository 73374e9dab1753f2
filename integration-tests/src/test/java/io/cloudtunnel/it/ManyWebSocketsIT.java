package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.websocket.WsRouting;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
 * Thousands of WebSockets at a time through the packaged programs, in a heap that a small container
 * has: each is used, left idle, used again, and closed. A process of each program, and this one
 * twice, has a file descriptor for each of them.
 */
@Tag("alone")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManyWebSocketsIT {

    private static final boolean LONG = Boolean.getBoolean("tests.long");
    private static final int SOCKETS = Integer.getInteger("tests.sockets", LONG ? 5000 : 2500);
    private static final String LINKS = System.getProperty("tests.links", LONG ? "6" : "3");
    private static final int AT_A_TIME = 64;

    /** With {@code tests.long} longer than {@code ping-interval} and {@code silence}. */
    private static final long IDLE_SECONDS = LONG ? 50 : 2;

    /** Half of it is the memory budget, of which each takes 32 KiB and its head. */
    private static final String HEAP = LONG ? "-Xmx384m" : "-Xmx256m";

    private static final Map<String, String> ENVIRONMENT =
            Map.of("JAVA_TOOL_OPTIONS", System.getProperty("tests.jvm", HEAP));

    @TempDir Path folder;

    /** Answers each text, and counts. */
    private static final class Echo implements WsListener {
        private final AtomicInteger closed = new AtomicInteger();
        private final CountDownLatch ended = new CountDownLatch(1); // any of them

        @Override
        public void onMessage(WsSession session, String text, boolean last) {
            session.send("echo " + text, last);
        }

        @Override
        public void onClose(WsSession session, int status, String reason) {
            closed.incrementAndGet();
            ended.countDown();
        }

        @Override
        public void onError(WsSession session, Throwable failure) {
            ended.countDown();
        }
    }

    private interface Use {
        void of(int number) throws IOException;
    }

    @Test
    void eachIsCarriedAndIdleOnesStay() throws Exception {
        Echo echo = new Echo();
        WebServer local =
                WebServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .backlog(AT_A_TIME)
                        .addRouting(WsRouting.builder().endpoint("/echo", echo))
                        .build()
                        .start();
        try (Programs server =
                Programs.start(folder, "tunnel-server", ENVIRONMENT, "--port", "0")) {
            int port = server.port();
            try (Programs agent =
                    Programs.agent(folder, ENVIRONMENT, port, local.port(), "--links", LINKS)) {
                String target = agent.publicPath();
                awaitLinks(server);
                use(port, target + "/echo", echo);
                System.out.printf(
                        "%d WebSockets over %s links: peak RSS of the server %d MiB, of the agent"
                                + " %d MiB%n",
                        SOCKETS, LINKS, server.peakKib() / 1024, agent.peakKib() / 1024);
                for (Programs each : List.of(server, agent)) {
                    assertFalse(each.output().contains("OutOfMemory"), each::output);
                }
            }
        } finally {
            local.stop();
        }
    }

    private static void awaitLinks(Programs server) throws InterruptedException {
        Waiting.until(
                20,
                "all links are open",
                () ->
                        server.output().lines().filter(l -> l.contains(" open")).count()
                                >= Integer.parseInt(LINKS));
    }

    private static void use(int port, String target, Echo echo) throws Exception {
        SmallWebSocket[] sockets = new SmallWebSocket[SOCKETS];
        try {
            each("open", i -> sockets[i] = SmallWebSocket.open(port, target));
            each("first text", i -> assertEcho(sockets[i], "first " + i));
            assertFalse(
                    echo.ended.await(IDLE_SECONDS, TimeUnit.SECONDS),
                    "none ends because it is idle");
            each("second text", i -> assertEcho(sockets[i], "second " + i));
            each("close", i -> assertEquals(1000, sockets[i].exchangeClose(1000)));
            assertEquals(SOCKETS, echo.closed.get());
        } finally {
            for (SmallWebSocket socket : sockets) {
                if (socket != null) {
                    socket.close();
                }
            }
        }
    }

    private static void assertEcho(SmallWebSocket socket, String text) throws IOException {
        assertEquals("echo " + text, socket.exchange(text));
    }

    /** Does the same with each of them, {@code AT_A_TIME}. */
    private static void each(String what, Use use) throws Exception {
        long began = System.nanoTime();
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int t = 0; t < AT_A_TIME; t++) {
                running.add(
                        threads.submit(() -> {
                            for (int i = next.getAndIncrement();
                                    i < SOCKETS;
                                    i = next.getAndIncrement()) {
                                useOne(what, i, use);
                            }
                            return null;
                        }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
        long millis = (System.nanoTime() - began) / 1_000_000;
        System.out.println(what + ": " + SOCKETS + " in " + millis + " ms");
    }

    private static void useOne(String what, int number, Use use) {
        try {
            use.of(number);
        } catch (IOException e) {
            throw new AssertionError(what + " of number " + number, e);
        }
    }
}
