package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.server.relay.servers.Installed;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A package registry: npm publishes to verdaccio and installs from it. At full length only, since
 * verdaccio itself is fetched for that.
 */
@EnabledIfSystemProperty(named = "tests.long", matches = "true")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RegistryIT {

    private static final long PATIENCE_SECONDS = 300;

    /**
     * The last one that runs on Node.js 18; what it takes of node-fetch goes by a tag otherwise.
     */
    private static final String WANTED =
            """
            {"private": true, "dependencies": {"verdaccio": "6.1.6"},
             "overrides": {"node-fetch": "2.7.0"}}
            """;

    private static final String CONFIGURATION =
            """
            storage: ./storage
            auth:
              htpasswd:
                file: ./htpasswd
            packages:
              '**':
                access: $all
                publish: $authenticated
            log: { type: stdout, format: pretty, level: http }
            """;

    /** With a scope: the slash in its name travels as %2f. */
    private static final String NAME = "@it/sample";

    @TempDir static Path installed;
    @TempDir Path folder;

    @BeforeAll
    @Timeout(value = PATIENCE_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    static void installVerdaccio() throws Exception {
        Files.writeString(installed.resolve("package.json"), WANTED);
        List<String> command = List.of(Installed.need("npm"), "install", "--no-audit", "--no-fund");
        // As whoever tests installs anything: with their registry and proxies.
        try (Programs npm = Programs.start(installed, command, System.getenv())) {
            assertEquals(0, npm.awaitExit(PATIENCE_SECONDS), npm::output);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"binary", "json"})
    void publishAndInstall(String mode) throws Exception {
        int port = Lighttpd.freePort();
        // The tunnel comes first, since a registry has to be told its public URL.
        try (Tunnel tunnel = Tunnel.to(port, folder, mode);
                Programs registry = verdaccio(port, tunnel.url("/"))) {
            Path sample = Files.createDirectory(folder.resolve("sample"));
            byte[] content = new byte[2_000_000];
            new Random(3).nextBytes(content);
            Files.write(sample.resolve("content"), content);
            Files.writeString(
                    sample.resolve("package.json"),
                    "{\"name\": \"" + NAME + "\", \"version\": \"1.0.0\"}");
            Files.writeString(
                    folder.resolve(".npmrc"),
                    tunnel.url("/").substring("http:".length()) + ":_authToken=" + token(tunnel));

            npm(tunnel, "publish", sample.toString());
            registry.await("upload", line -> line.contains("PUT /@it%2fsample"));
            assertTrue(
                    npm(tunnel, "view", NAME, "dist.tarball")
                            .startsWith(tunnel.url("/@it/sample/-/")),
                    "the address of what is to be installed");
            Path user = Files.createDirectory(folder.resolve("user"));
            npm(tunnel, "install", "--no-audit", "--no-fund", "--prefix", user.toString(), NAME);
            assertArrayEquals(
                    content, Files.readAllBytes(user.resolve("node_modules/@it/sample/content")));
        }
    }

    private Programs verdaccio(int port, String url) throws Exception {
        Path configuration = folder.resolve("verdaccio.yaml");
        Files.writeString(configuration, CONFIGURATION);
        Programs started =
                Programs.start(
                        folder,
                        List.of(
                                Installed.need("node"),
                                installed
                                        .resolve("node_modules/verdaccio/bin/verdaccio")
                                        .toString(),
                                "--config",
                                configuration.toString(),
                                "--listen",
                                "127.0.0.1:" + port),
                        Map.of("VERDACCIO_PUBLIC_URL", url));
        started.await("start", line -> line.contains("http address"));
        return started;
    }

    /** As {@code npm login} does, which would want a terminal. */
    private static String token(Tunnel tunnel) throws Exception {
        String user = "{\"name\": \"ada\", \"password\": \"secret-123\", \"type\": \"user\"}";
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(tunnel.url("/-/user/org.couchdb.user:ada")))
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(user))
                        .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer =
                    client.send(request, HttpResponse.BodyHandlers.ofString());
            assertEquals(201, answer.statusCode(), answer.body());
            return new ObjectMapper().readTree(answer.body()).get("token").asText();
        }
    }

    private String npm(Tunnel tunnel, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(Installed.need("npm"), "--registry=" + tunnel.url("/")));
        command.addAll(List.of(arguments));
        return Programs.run(folder, command, Map.of());
    }
}
