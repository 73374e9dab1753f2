package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./tunnel server}, which keeps what it needs, unless it is told something else. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ScriptIT {

    private static final String KEY = "0123456789abcdef".repeat(4);

    /** Nobody listens there, which the server does not wait for. */
    private static final String REDIS = "redis://127.0.0.1:1";

    @TempDir Path clone;

    private Path data;

    /** The script and what was built, which nothing is newer than. */
    @BeforeEach
    void layOut() throws Exception {
        Path root = Markdown.root();
        Files.copy(
                root.resolve("tunnel"),
                clone.resolve("tunnel"),
                StandardCopyOption.COPY_ATTRIBUTES);
        old(Files.createFile(clone.resolve("pom.xml")));
        for (String module : List.of("tunnel-server", "tunnel-agent")) {
            Path here = Files.createDirectory(clone.resolve(module));
            old(Files.createFile(here.resolve("pom.xml")));
            old(Files.createDirectories(here.resolve("src/main")));
            Path jar = Path.of("target", module + ".jar");
            Files.createDirectory(here.resolve("target"));
            Files.createSymbolicLink(here.resolve(jar), root.resolve(module).resolve(jar));
        }
        data = clone.resolve(".tunnel");
    }

    private static void old(Path path) throws Exception {
        Files.setLastModifiedTime(path, FileTime.fromMillis(0));
    }

    /** Starts a server there, and ends it once it listens. */
    private void start(Map<String, String> environment, String... flags) throws Exception {
        List<String> command = new ArrayList<>(List.of("./tunnel", "server", "--port", "0"));
        command.addAll(List.of(flags));
        try (Programs server = Programs.start(clone, command, environment)) {
            server.port();
            server.terminate();
            assertEquals(143, server.awaitExit());
            assertFalse(server.output().contains("TUNNEL_KEY is not set"), server::output);
        }
    }

    private List<String> kept() throws Exception {
        if (!Files.exists(data)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(data)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void keepsItsKeyAndItsState() throws Exception {
        start(Map.of());
        assertEquals(List.of("key", "state", "state.lock"), kept());
        String key = Files.readString(data.resolve("key"));
        assertTrue(key.strip().matches("[0-9a-f]{64}"), "a key");
        start(Map.of());
        assertEquals(key, Files.readString(data.resolve("key")));
    }

    @Test
    void theFilesKeyAndStateCount() throws Exception {
        Files.writeString(
                clone.resolve("application.yaml"),
                "tunnel-key: " + KEY + "\nstate-file: of-the-file\n");
        start(Map.of());
        assertEquals(List.of(), kept());
        assertTrue(Files.exists(clone.resolve("of-the-file")));
    }

    @Test
    void withRedisThereIsNoStateFile() throws Exception {
        start(Map.of("REDIS_URL", REDIS));
        start(Map.of(), "--redis-url", REDIS);
        Files.writeString(clone.resolve("application.yaml"), "redis-url: " + REDIS + "\n");
        start(Map.of());
        assertEquals(List.of("key"), kept());
    }
}
