package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.wire.Http2Wire;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hostile clients of HTTP/2, all kinds after each other and several of each kind at a time, against
 * the packaged server with a heap of 64 MiB and a single carrier for its threads: others are served
 * meanwhile, and it lives on.
 */
@Tag("alone")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Http2HostileIT {

    private static final int AT_A_TIME = 3;
    private static final int LARGE = 10 * 1024 * 1024;
    private static final long PEAK_KIB = 220 * 1024;

    private static final Map<String, String> SERVER =
            Map.of(
                    "HTTP2",
                    "true",
                    "JAVA_TOOL_OPTIONS",
                    "-Xmx64m -XX:+UseSerialGC -Djdk.virtualThreadScheduler.parallelism=1");

    @TempDir Path folder;

    private final CompletableFuture<Void> over = new CompletableFuture<>();

    private void serve(RawService.Call call) throws Exception {
        String path = call.head().target();
        if (path.equals("/wait")) {
            over.get(120, TimeUnit.SECONDS);
        }
        if (path.equals("/large")) {
            call.wire().head("HTTP/1.1 200 OK", "Content-Length: " + LARGE);
            Content.write(
                    LARGE,
                    (bytes, count) ->
                            call.wire().socket().getOutputStream().write(bytes, 0, count));
            return;
        }
        call.body().transferTo(OutputStream.nullOutputStream());
        call.answer(200, "fine");
    }

    @Test
    void othersAreServedAndTheServerLivesOn() throws Exception {
        try (RawService local = new RawService(this::serve);
                Programs server = Programs.start(folder, "tunnel-server", SERVER, "--port", "0")) {
            int port = server.port();
            try (Programs agent = Programs.agent(folder, Map.of(), port, local.port())) {
                String path = agent.publicPath() + "/";
                server.await("link", l -> l.contains(" open"));
                try (Http2Wire before = new Http2Wire(port)) {
                    int next = 1;
                    for (Http2Attack attack : Http2Attack.values()) {
                        attack(attack, port, path);
                        assertFalse(server.output().contains("OutOfMemory"), attack::name);
                        before.request(next, "GET", path, true);
                        assertEquals("fine", before.text(next), attack::name);
                        next += 2;
                    }
                } finally {
                    over.complete(null);
                }
                System.out.printf("peak RSS: server %d MiB%n", server.peakKib() / 1024);
                assertTrue(server.peakKib() < PEAK_KIB, server.peakKib() + " KiB");
            }
        }
    }

    private static void attack(Http2Attack attack, int port, String path) throws Exception {
        Http2Wire[] clients = new Http2Wire[AT_A_TIME];
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?>[] running = new Future<?>[AT_A_TIME];
            try {
                for (int i = 0; i < AT_A_TIME; i++) {
                    Http2Wire client = new Http2Wire(port);
                    clients[i] = client;
                    running[i] = threads.submit(() -> run(attack, client, path));
                }
                for (int i = 0; i < AT_A_TIME; i++) {
                    if (attack.ends()) {
                        clients[i].awaitEnd(); // has a deadline
                    }
                }
                long began = System.nanoTime();
                serves(port, path);
                long millis = (System.nanoTime() - began) / 1_000_000;
                System.out.println(attack + ": beside it a request took " + millis + " ms");
            } finally {
                for (Http2Wire client : clients) {
                    client.close();
                }
            }
            for (Future<?> each : running) {
                each.get(30, TimeUnit.SECONDS);
            }
        }
        serves(port, path);
    }

    private static void run(Http2Attack attack, Http2Wire client, String path) {
        try {
            attack.run(client, path);
        } catch (IOException e) {
            // The server has had enough, or the test has.
        }
    }

    /** Both kinds of clients. */
    private static void serves(int port, String path) throws IOException {
        try (Http2Wire http2 = new Http2Wire(port);
                Wire http1 = Wire.to(port)) {
            http2.request(1, "GET", path, true);
            assertEquals("fine", http2.text(1));
            http1.head("GET " + path + " HTTP/1.1", "Host: h");
            Wire.Head answer = http1.readAnswer();
            assertEquals(200, answer.status());
            assertEquals("fine", http1.text(answer));
        }
    }
}
