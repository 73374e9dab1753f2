package io.cloudtunnel.agent.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file of credentials: who may read it, and what never gets lost. */
class CredentialsStoreTest {

    @TempDir private Path directory;

    private static Credentials credentials(String id) {
        return new Credentials(id, "s-" + id, "https://t/pub/" + id, List.of("json"));
    }

    private static String rights(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void keepsWhatItGot() throws Exception {
        Path file = directory.resolve("a/b/credentials.json");
        var store = new CredentialsStore(file, "https://t", "");
        store.prepare();
        assertNull(store.load());
        store.save(credentials("one"));
        assertEquals(credentials("one"), store.load());
        assertNull(new CredentialsStore(file, "https://t", "other").load());
        assertNull(new CredentialsStore(file, "https://u", "").load());
        var published = new Credentials("two", "s", "http://t", null);
        new CredentialsStore(file, "https://u", "").save(published);
        assertEquals(published, new CredentialsStore(file, "https://u", "").load());
        assertEquals(credentials("one"), store.load());
    }

    @Test
    void isForItsOwnerOnly() throws Exception {
        Path file = directory.resolve("deep/er/credentials.json");
        var store = new CredentialsStore(file, "https://t", "");
        store.save(credentials("one"));
        assertEquals("rw-------", rights(file));
        assertEquals("rwx------", rights(directory.resolve("deep/er")));
        assertEquals("rwx------", rights(directory.resolve("deep")));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        store.save(credentials("two"));
        assertEquals("rw-------", rights(file));
    }

    /** As the thread of an agent that is stopped right after it has registered. */
    @Test
    void whoIsInterruptedKeepsItToo() throws Exception {
        var store = new CredentialsStore(directory.resolve("c.json"), "https://t", "");
        Thread.currentThread().interrupt();
        try {
            store.save(credentials("one"));
        } finally {
            assertTrue(Thread.interrupted(), "it learns of it");
        }
        assertEquals(credentials("one"), store.load());
    }

    @Test
    void theOneBeforeStays() throws Exception {
        Path file = directory.resolve("c.json");
        var store = new CredentialsStore(file, "https://t", "n");
        store.save(credentials("one"));
        store.save(credentials("two"));
        store.save(new Credentials("two", "fresh", "https://t/pub/two", null));
        JsonNode entry = new ObjectMapper().readTree(file.toFile()).path("tunnels").path(0);
        assertEquals("two", entry.path("id").asText());
        assertEquals("fresh", entry.path("secret").asText());
        assertEquals("one", entry.path("previous").path("id").asText());
        assertEquals("s-one", entry.path("previous").path("secret").asText());
    }

    @Test
    void agentsDoNotLoseEachOthersEntries() throws Exception {
        Path file = directory.resolve("c.json");
        int agents = 20;
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < agents; i++) {
                var store = new CredentialsStore(file, "https://t", "agent" + i);
                var mine = credentials("id" + i);
                all.add(
                        threads.submit(() -> {
                            store.save(mine);
                            return null;
                        }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
        for (int i = 0; i < agents; i++) {
            assertEquals(
                    credentials("id" + i),
                    new CredentialsStore(file, "https://t", "agent" + i).load());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"tunnels\":[{\"server\":\"https://t\",\"name\":\"\",\"secret\":\"S3CR3T\"",
                "[]",
                "{\"tunnels\":{}}",
                "",
                "hello",
            })
    void aDamagedFileIsToldOfAndLeftAlone(String content) throws Exception {
        Path file = Files.writeString(directory.resolve("c.json"), content);
        var store = new CredentialsStore(file, "https://t", "");
        var e = assertThrows(IOException.class, store::load);
        assertTrue(String.valueOf(e.getMessage()).contains(file + " is damaged"), e::toString);
        assertThrows(IOException.class, () -> store.save(credentials("one")));
        assertThrows(IOException.class, store::prepare);
        assertEquals(content, Files.readString(file));
        for (Throwable t = e; t != null; t = t.getCause()) {
            assertFalse(t.toString().contains("S3CR3T"), "a secret in an exception");
        }
    }

    @Test
    void whatIsUnknownStays() throws Exception {
        Path file =
                Files.writeString(
                        directory.resolve("c.json"),
                        "{\"later\":1,\"tunnels\":[{\"server\":\"https://t\",\"name\":\"\",\"id\":\"a\",\"secret\":\"b\",\"more\":2}]}");
        var store = new CredentialsStore(file, "https://t", "");
        assertEquals(new Credentials("a", "b", null, null), store.load());
        store.save(credentials("one"));
        JsonNode root = new ObjectMapper().readTree(file.toFile());
        assertEquals(1, root.path("later").asInt());
        assertEquals(2, root.path("tunnels").path(0).path("more").asInt());
    }

    @Test
    void defaultPlace() {
        assertEquals(
                Path.of("/x/cloudtunnel/credentials.json"),
                CredentialsStore.defaultFile(Map.of("XDG_CONFIG_HOME", "/x")));
        Path home = Path.of(System.getProperty("user.home"));
        Path usual = home.resolve(".config/cloudtunnel/credentials.json");
        assertEquals(usual, CredentialsStore.defaultFile(Map.of()));
        assertEquals(usual, CredentialsStore.defaultFile(Map.of("XDG_CONFIG_HOME", "relative")));
    }

    @Test
    void secretsAreNotShown() {
        assertFalse(credentials("one").toString().contains("s-one"));
        var e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new Credentials("a", "S3C R3T", null, null));
        assertFalse(String.valueOf(e.getMessage()).contains("R3T"));
    }
}
