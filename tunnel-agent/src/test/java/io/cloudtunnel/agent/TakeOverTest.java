package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.fake.RawTunnel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets that others have replaced, where the agent shares a file with them. */
class TakeOverTest {

    private static final String OURS = "Cloudtunnel-Protocols: json";
    private static final String BAD = "Cloudtunnel-Error: bad-credentials";

    @TempDir private Path directory;
    private final CountDownLatch taken = new CountDownLatch(1);

    private TunnelAgentBuilder builder(RawTunnel server) {
        return TunnelAgent.builder()
                .server("http://127.0.0.1:" + server.port())
                .local("http://127.0.0.1:1")
                .environment(Map.of())
                .pace(new TestPace(100));
    }

    /** Takes the next secret only; whoever shows the one before finds the file changed. */
    private RawTunnel server(Path file) throws IOException {
        return new RawTunnel(
                RawTunnel.registers("one", OURS),
                (attempt, request) -> {
                    if (!request.has("Authorization: Bearer secret-next")) {
                        String text = Files.readString(file);
                        Files.writeString(file, text.replace("secret-one", "secret-next"));
                        request.answer(401, "no", BAD);
                        return;
                    }
                    request.upgrade("");
                    taken.countDown();
                    request.awaitClose();
                });
    }

    @Test
    void theCredentialsFileIsReadAgainBeforeTheTunnelIsGivenUp() throws Exception {
        Path file = directory.resolve("c.json");
        try (RawTunnel server = server(file);
                TunnelAgent agent = builder(server).credentialsFile(file).start()) {
            assertTrue(taken.await(20, TimeUnit.SECONDS));
            assertEquals(1, server.registrations());
            assertEquals(2, server.dials());
            assertTrue(agent.awaitConnected(Duration.ofSeconds(20)));
            assertEquals("http://public/one", agent.publicUrl());
        }
    }

    @Test
    void soIsTheSecretsFile() throws Exception {
        Path file = directory.resolve("secret");
        Files.writeString(file, "secret-one\n");
        try (RawTunnel server = server(file)) {
            server.speaks(OURS);
            try (TunnelAgent agent = builder(server).credentials("one", file).start()) {
                assertTrue(taken.await(20, TimeUnit.SECONDS));
                assertEquals(0, server.registrations());
                assertEquals(2, server.dials());
                assertTrue(agent.awaitConnected(Duration.ofSeconds(20)));
            }
        }
    }

    @Test
    void whatIsGivenByHandIsNotRotated() throws Exception {
        try (RawTunnel server = server(directory)) {
            TunnelAgentBuilder byHand =
                    builder(server).credentials("one", "two").rotateEvery(Duration.ofHours(1));
            var e = assertThrows(IllegalArgumentException.class, byHand::start);
            assertTrue(String.valueOf(e.getMessage()).contains("given by hand"));
        }
    }
}
