package io.cloudtunnel.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.TunnelAgent;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example with the server within, as a process of its own that is told to stop. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SigtermTest {

    /** Longer than Helidon lets requests end by itself, shorter than the tunnel does. */
    private static final Duration SLOW = Duration.ofSeconds(2);

    @TempDir private Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final CountDownLatch asked = new CountDownLatch(1);
    private Process server;
    private String base;

    @BeforeEach
    void start() throws IOException {
        server =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-Dserver.port=0",
                                EmbeddedServer.class.getName())
                        .directory(folder.toFile())
                        .redirectError(new File("target/sigterm-test.log"))
                        .start();
        String line = server.inputReader().readLine();
        assertNotNull(line, "see target/sigterm-test.log");
        base = line.replaceFirst("/hello$", "");
    }

    @AfterEach
    void kill() {
        server.destroyForcibly();
    }

    @Test
    void whatIsInProgressEnds() throws Exception {
        try (TunnelAgent agent =
                TunnelAgent.builder()
                        .server(base)
                        .credentialsFile(folder.resolve("c.json"))
                        .local(call -> {
                            byte[] body = new byte[100_000];
                            asked.countDown();
                            pause();
                            call.answer(200, "application/octet-stream", body);
                        })
                        .start()) {
            assertTrue(agent.awaitConnected(Duration.ofSeconds(20)), agent::failure);
            CompletableFuture<HttpResponse<byte[]>> answer =
                    client.sendAsync(
                            HttpRequest.newBuilder(URI.create(agent.publicUrl())).build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            asked.await();
            server.destroy(); // SIGTERM
            assertEquals(200, answer.get().statusCode());
            assertEquals(100_000, answer.get().body().length);
            assertTrue(server.waitFor(5, TimeUnit.SECONDS), "soon after");
            assertEquals(143, server.exitValue());
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(SLOW);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
