package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.fake.RawTunnel;
import io.cloudtunnel.agent.store.Credentials;
import io.cloudtunnel.agent.store.CredentialsStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an agent does whose server cannot replace its secret. */
@Timeout(60)
class RotationTest {

    private static final String OURS = "Cloudtunnel-Protocols: json";

    @TempDir private Path directory;

    private final BlockingQueue<Integer> asked = new LinkedBlockingQueue<>();
    private final TestPace pace = new TestPace(Integer.MAX_VALUE);

    /** Refuses the first time to rotate. */
    private RawTunnel server() throws IOException {
        return new RawTunnel(
                (attempt, request) -> {
                    if (request.line().contains("/rotate")) {
                        asked.add(attempt);
                        String next =
                                "{\"id\":\"one\",\"secret\":\"next\",\"public_url\":\"http://p\"}";
                        request.answer(attempt == 1 ? 404 : 200, attempt == 1 ? "no" : next, OURS);
                    } else {
                        request.answer(500, "not asked for");
                    }
                },
                (attempt, request) -> {
                    request.upgrade("");
                    request.awaitClose();
                });
    }

    @Test
    void aServerThatCannotIsAskedAgainLater() throws Exception {
        Path file = directory.resolve("c.json");
        try (RawTunnel server = server()) {
            String url = "http://127.0.0.1:" + server.port();
            Files.writeString(
                    file,
                    """
                    {"tunnels": [{"server": "%s", "name": "", "id": "one", "secret": "first",
                     "public_url": "http://p", "protocols": ["json"], "since": 1}]}
                    """
                            .formatted(url));
            try (TunnelAgent agent =
                    TunnelAgent.builder()
                            .server(url)
                            .local("http://127.0.0.1:1")
                            .environment(Map.of())
                            .credentialsFile(file)
                            .rotateEvery(Duration.ofDays(1))
                            .pace(pace)
                            .start()) {
                assertTrue(agent.awaitConnected(Duration.ofSeconds(20)));
                assertEquals(1, passing(Duration.ofSeconds(1)));
                assertEquals(2, passing(Duration.ofMinutes(30)));
                CredentialsStore store = new CredentialsStore(file, url, "");
                Credentials kept = store.load();
                while (kept == null || !kept.secret().equals("next")) {
                    kept = store.load(); // the timeout is the class's
                }
            }
        }
    }

    /** Time passes until it asks. */
    private int passing(Duration step) throws InterruptedException {
        Integer attempt = null;
        while (attempt == null) {
            pace.advance(step.toNanos());
            attempt = asked.poll(20, TimeUnit.MILLISECONDS);
        }
        return attempt;
    }
}
