package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who leaves is noticed at the other end within a second, and what was cut never looks complete.
 */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CancelIT {

    private static final long WITHIN_MILLIS = 1000;

    @TempDir Path folder;

    /** How the local service's connection ended. */
    private final CompletableFuture<IOException> ended = new CompletableFuture<>();

    private final CompletableFuture<Void> begun = new CompletableFuture<>();

    private void streamForEver(RawService.Call call) throws Exception {
        call.wire().head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked");
        byte[] piece = new byte[16 * 1024];
        try {
            while (true) {
                call.wire().chunk(piece, piece.length);
            }
        } catch (IOException e) {
            ended.complete(e);
            throw e;
        }
    }

    private void awaitEnd(long since) throws Exception {
        ended.get(20, TimeUnit.SECONDS);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
        assertTrue(millis < WITHIN_MILLIS, "seen after " + millis + " ms");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatLeavesDuringTheResponse(boolean reset) throws Exception {
        try (LogLines log = new LogLines();
                Rig rig = Rig.start(folder, "binary", this::streamForEver)) {
            Wire client = rig.get("/endless");
            client.body(client.readAnswer(), false).readNBytes(1_000_000);
            long since = System.nanoTime();
            if (reset) {
                client.reset();
            } else {
                client.leave();
            }
            awaitEnd(since);
            log.await(
                    "line of the agent",
                    WITHIN_MILLIS,
                    line -> line.contains("agent.requests") && line.contains("end=cancelled"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Transfer-Encoding: chunked", "Content-Length: 100000000"})
    void aClientThatLeavesDuringTheUpload(String framing) throws Exception {
        RawService.Handler handler =
                call -> {
                    try {
                        InputStream body = call.body();
                        body.readNBytes(100_000);
                        begun.complete(null);
                        body.transferTo(java.io.OutputStream.nullOutputStream());
                        ended.completeExceptionally(new AssertionError("it looked complete"));
                    } catch (IOException e) {
                        ended.complete(e);
                        throw e;
                    }
                };
        try (Rig rig = Rig.start(folder, "binary", handler);
                Wire client = rig.client()) {
            client.send(rig.requestHead("POST", "/", framing));
            byte[] piece = new byte[200_000];
            if (framing.contains("chunked")) {
                client.chunk(piece, piece.length);
            } else {
                client.send(piece);
            }
            begun.get(10, TimeUnit.SECONDS);
            long since = System.nanoTime();
            client.leave();
            awaitEnd(since);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Transfer-Encoding: chunked", "Content-Length: 1000000"})
    void aLocalServiceThatBreaksOffItsAnswer(String framing) throws Exception {
        byte[] piece = new byte[50_000];
        RawService.Handler handler =
                call -> {
                    call.wire().head("HTTP/1.1 200 OK", framing);
                    if (framing.contains("chunked")) {
                        call.wire().chunk(piece, piece.length);
                    } else {
                        call.wire().send(piece);
                    }
                    begun.get(10, TimeUnit.SECONDS); // the client has seen the beginning
                    call.wire().close();
                };
        try (LogLines log = new LogLines();
                Rig rig = Rig.start(folder, "binary", handler);
                Wire client = rig.get("/")) {
            Wire.Head head = client.readAnswer();
            assertEquals(200, head.status());
            InputStream body = client.body(head, false);
            assertEquals(piece.length, body.readNBytes(piece.length).length);
            long since = System.nanoTime();
            begun.complete(null);
            assertThrows(IOException.class, body::read);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
            assertTrue(millis < WITHIN_MILLIS, "seen after " + millis + " ms");
            log.await("reason", WITHIN_MILLIS, line -> line.contains("end=local-broken"));
        }
    }

    @Test
    void aLocalServiceThatBreaksOffBeforeItsAnswer() throws Exception {
        try (Rig rig = Rig.start(folder, "binary", call -> call.wire().close());
                Wire client = rig.get("/")) {
            Wire.Head answer = client.readAnswer();
            assertEquals(502, answer.status());
            assertEquals("local-broken", answer.first("Cloudtunnel-Error"));
        }
    }

    /** SIGKILL: no word of goodbye. */
    @Test
    void anAgentThatIsKilled() throws Exception {
        try (RawService local = new RawService(this::streamForEver);
                Programs server =
                        Programs.start(folder, "tunnel-server", Map.of(), "--port", "0")) {
            int port = server.port();
            try (Programs agent = Programs.agent(folder, Map.of(), port, local.port())) {
                String target = agent.publicPath();
                try (Wire client = Wire.to(port)) {
                    client.head("GET " + target + " HTTP/1.1", "Host: localhost");
                    InputStream body = client.body(client.readAnswer(), false);
                    body.readNBytes(1_000_000);
                    long since = System.nanoTime();
                    agent.kill();
                    assertThrows(
                            IOException.class,
                            () -> body.transferTo(java.io.OutputStream.nullOutputStream()));
                    awaitEnd(since);
                    server.await("reason", l -> l.contains("end=outcome-unknown"));
                }
            }
        }
    }

    /** It lets requests in progress run for 8 s; then it cuts them, and exits. */
    @Test
    void aServerThatIsClosed() throws Exception {
        try (Rig rig = Rig.start(folder, "binary", this::streamForEver);
                Wire client = rig.get("/endless")) {
            InputStream body = client.body(client.readAnswer(), false);
            body.readNBytes(1_000_000);
            CompletableFuture<Long> cut =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return body.transferTo(java.io.OutputStream.nullOutputStream());
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            },
                            task -> Thread.ofVirtual().start(task));
            long since = System.nanoTime();
            rig.server().close();
            assertTrue(System.nanoTime() - since < 9_500_000_000L, "closed within 9 s");
            assertThrows(ExecutionException.class, () -> cut.get(5, TimeUnit.SECONDS));
            ended.get(5, TimeUnit.SECONDS);
        }
    }
}
