package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jars, each alone in an empty folder, as a newcomer starts them. */
class ProgramsIT {

    private static final Map<String, String> NOTHING = Map.of();

    @TempDir Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Programs server(Map<String, String> env) throws Exception {
        Programs server = Programs.start(folder, "tunnel-server", env, "--port", "0");
        server.port();
        return server;
    }

    private Programs agent(Programs server, EchoService local) throws Exception {
        return Programs.agent(folder, NOTHING, server.port(), local.port());
    }

    private int get(String url) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20)).build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    @Test
    void aRequestGoesThrough() throws Exception {
        try (EchoService local = new EchoService();
                Programs server = server(NOTHING);
                Programs agent = agent(server, local)) {
            String url = agent.publicUrl();
            server.await("link", line -> line.contains(" open"));
            assertEquals(200, get(url + "/x"));
            server.await("log line", line -> line.contains("GET /pub/") && line.contains("ok"));
            agent.await("log line", line -> line.contains("GET /x") && line.contains("ok"));
            assertFalse(server.output().contains("ct1."), "no secret in the log");
            assertFalse(agent.output().contains("ct1."), "no secret in the log");
        }
    }

    @Test
    void sigtermEndsBothWithinNineSeconds() throws Exception {
        try (EchoService local = new EchoService();
                Programs server = server(NOTHING);
                Programs agent = agent(server, local)) {
            agent.publicUrl();
            // The second one is opened once the first is in binary mode, and can say goodbye.
            server.await("links", line -> server.count(each -> each.contains(" open")) >= 2);
            long began = System.nanoTime();
            server.terminate();
            assertEquals(143, server.awaitExit());
            assertTrue(System.nanoTime() - began < 9_000_000_000L, "within 9 s");
            agent.await("the goodbye", line -> line.contains("1001"));
            agent.terminate();
            assertEquals(143, agent.awaitExit());
        }
    }

    @Test
    void urlsSurviveTheServersRestartWithAKey() throws Exception {
        Map<String, String> key = Map.of("TUNNEL_KEY", "0123456789abcdef0123456789abcdef");
        try (EchoService local = new EchoService();
                Programs first = server(key)) {
            String port = Integer.toString(first.port());
            try (Programs agent = agent(first, local)) {
                String before = agent.publicUrl();
                first.terminate();
                first.awaitExit();
                try (Programs second =
                        Programs.start(folder, "tunnel-server", key, "--port", port)) {
                    second.await("link", line -> line.contains(" open"));
                    assertEquals(200, get(before));
                }
            }
        }
    }

    @Test
    void urlsSurviveTheServersRestartWithAFolder() throws Exception {
        Path data = folder.resolve("data");
        try (EchoService local = new EchoService();
                Programs first = server(data, "0")) {
            String port = Integer.toString(first.port());
            try (Programs agent = agent(first, local)) {
                String before = agent.publicUrl();
                first.terminate();
                first.awaitExit();
                try (Programs second = server(data, port)) {
                    second.await("link", line -> line.contains(" open"));
                    assertEquals(200, get(before));
                    String key = Files.readString(data.resolve("key")).strip();
                    for (Programs server : List.of(first, second)) {
                        assertFalse(server.output().contains(key), "no key in the log");
                        assertFalse(server.output().contains("is not set"), server::output);
                    }
                }
            }
        }
        assertEquals("rwx------", rights(data));
        assertEquals("rw-------", rights(data.resolve("key")));
        assertTrue(Files.exists(data.resolve("state")));
    }

    private Programs server(Path data, String port) throws Exception {
        return Programs.start(
                folder, "tunnel-server", NOTHING, "--data-dir", data.toString(), "--port", port);
    }

    private static String rights(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /** The key of the folder is in no list, and made by nobody who only asks. */
    @Test
    void printingTheConfigurationShowsAndMakesNoKey() throws Exception {
        Path data = folder.resolve("data");
        Map<String, String> env = Map.of("DATA_DIR", data.toString());
        try (Programs print = Programs.start(folder, "tunnel-server", env, "--print-config")) {
            assertEquals(0, print.awaitExit());
            print.await("the folder", line -> line.startsWith("data-dir: " + data));
            assertFalse(Files.exists(data));
        }
        Files.createDirectory(data);
        String key = "0123456789abcdef".repeat(4);
        Path file = Files.writeString(data.resolve("key"), key);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        try (Programs print = Programs.start(folder, "tunnel-server", env, "--print-config")) {
            assertEquals(2, print.awaitExit());
            print.await("why", line -> line.contains(file + " can be read or changed by others"));
            assertFalse(print.output().contains(key), "no key in what is printed");
        }
    }

    @Test
    void wrongOptionsSaySoAndExitWithTwo() throws Exception {
        assertUsage("tunnel-server", NOTHING, "--port is 'x'", "--port", "x");
        assertUsage("tunnel-server", Map.of("API_KEYS", "a:b"), "API_KEYS", "--port", "0");
        assertUsage("tunnel-server", NOTHING, "--nonsense", "--nonsense");
        Path file = Files.createFile(folder.resolve("file"));
        String told = "no key can be made in " + file + ": " + file + " is no folder";
        assertUsage("tunnel-server", Map.of("DATA_DIR", file.toString()), told, "--port", "0");
        assertUsage("tunnel-agent", NOTHING, "--server", "--local", "3000");
        assertUsage("tunnel-agent", NOTHING, "--local", "--server", "http://localhost:1");
        assertUsage(
                "tunnel-agent",
                NOTHING,
                "is the tunnel server itself",
                "--server",
                "http://localhost:8080",
                "--local",
                "http://127.0.0.1:8080");
    }

    private void assertUsage(String module, Map<String, String> env, String told, String... args)
            throws Exception {
        try (Programs program = Programs.start(folder, module, env, args)) {
            assertEquals(2, program.awaitExit());
            program.await(told, line -> line.contains(told));
            assertFalse(program.output().contains("\tat "), "no stack trace");
        }
    }

    @Test
    void helpAndVersion() throws Exception {
        for (String module : new String[] {"tunnel-server", "tunnel-agent"}) {
            try (Programs help = Programs.start(folder, module, NOTHING, "--help");
                    Programs version = Programs.start(folder, module, NOTHING, "--version")) {
                assertEquals(0, help.awaitExit());
                help.await("usage", line -> line.contains("Usage: " + module));
                assertEquals(0, version.awaitExit());
                version.await("version", line -> line.startsWith(module + " 0."));
            }
        }
    }

    @Test
    void anOldJavaIsToldWhatIsNeeded() throws Exception {
        Path old = oldJava();
        assumeTrue(old != null, "no Java older than 21 on this machine");
        try (Programs program =
                Programs.start(List.of(old.toString()), folder, "tunnel-server", NOTHING)) {
            assertEquals(2, program.awaitExit());
            program.await("what is needed", line -> line.contains("needs Java 21"));
        }
    }

    private static Path oldJava() throws Exception {
        Path installed = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(installed)) {
            return null;
        }
        try (Stream<Path> jvms = Files.list(installed)) {
            return jvms.filter(jvm -> jvm.toString().matches(".*\\b(8|11|17)\\b.*"))
                    .map(jvm -> jvm.resolve("bin/java"))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElse(null);
        }
    }

    @Test
    void aRequestInProgressOutlivesSigterm() throws Exception {
        try (SlowService local = new SlowService();
                Programs server = server(NOTHING);
                Programs agent = Programs.agent(folder, NOTHING, server.port(), local.port())) {
            String url = agent.publicUrl();
            server.await("link", line -> line.contains(" open"));
            CompletableFuture<HttpResponse<String>> answer =
                    client.sendAsync(
                            HttpRequest.newBuilder(URI.create(url)).build(),
                            HttpResponse.BodyHandlers.ofString());
            local.awaitRequest();
            server.terminate();
            agent.await("nothing more", line -> line.contains("public URL"));
            local.release();
            assertEquals("done", answer.get().body());
            assertEquals(143, server.awaitExit());
        }
    }
}
