package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the Dockerfile's stages do, without a docker engine: the scripts that they call, and the
 * entry points that stand there, in an empty environment. At full length only.
 */
@EnabledIfSystemProperty(named = "tests.long", matches = "true")
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ImageIT {

    @TempDir Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void theServer() throws Exception {
        Path home = folder.resolve("app");
        Homes.make(home, "tunnel-server", "tunnel-agent");
        try (Programs server = entryPoint("tunnel-server", home, "PORT=0")) {
            URI ready = URI.create("http://localhost:" + server.port() + "/health/ready");
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(ready).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode());
            server.terminate();
            assertEquals(143, server.awaitExit());
            assertFalse(server.output().contains("[warning]"), server.output());
        }
        // Its modules are enough for what no other test of the image uses: TLS, and names.
        assertTrue(Files.readString(home.resolve("runtime/release")).contains("jdk.crypto.ec"));
    }

    @Test
    void theAgent() throws Exception {
        Path home = folder.resolve("app");
        Homes.make(home, "tunnel-agent", "tunnel-server");
        String file = folder.resolve("credentials.json").toString();
        try (RawService local = new RawService(call -> call.answer(200, "from within"));
                Programs server = Programs.start(folder, "tunnel-server", Map.of("PORT", "0"));
                Programs agent =
                        entryPoint(
                                "tunnel-agent",
                                home,
                                "TUNNEL_CREDENTIALS=" + file,
                                "TUNNEL_SERVER=http://localhost:" + server.port(),
                                "TUNNEL_LOCAL=" + local.port())) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(agent.publicUrl())).build();
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertEquals("from within", answer.body());
            agent.terminate();
            assertEquals(143, agent.awaitExit());
            assertFalse(agent.output().contains("[warning]"), agent.output());
        }
    }

    /** The Dockerfile's entry point of this program. */
    private Programs entryPoint(String program, Path home, String... environment) throws Exception {
        List<String> command = new ArrayList<>(List.of("/usr/bin/env", "-i"));
        command.addAll(List.of(environment));
        command.add("JAVA_TOOL_OPTIONS=-XX:AOTMode=on"); // a cache that does not fit is an error
        for (String line : Files.readAllLines(Path.of("..", "Dockerfile"))) {
            if (line.startsWith("ENTRYPOINT") && line.contains(program + ".jar")) {
                String array = line.substring("ENTRYPOINT".length());
                for (String word : new ObjectMapper().readValue(array, String[].class)) {
                    command.add(word.replace("/app/", home + "/"));
                }
            }
        }
        return Programs.start(folder, command, Map.of());
    }
}
