package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.relay.servers.Installed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * litmus, which tests WebDAV servers, says of lighttpd the same directly and through the tunnel, in
 * host mode: docs/behind-a-prefix.md says why not under a prefix. At full length only.
 */
@EnabledIfSystemProperty(named = "tests.long", matches = "true")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WebDavIT {

    private static final long PATIENCE_SECONDS = 100;

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"binary", "json"})
    void litmusSaysTheSame(String mode) throws Exception {
        Path root = Files.createDirectory(folder.resolve("root"));
        Files.createDirectory(root.resolve("dav"));
        try (Lighttpd local =
                        Lighttpd.start(
                                root,
                                List.of("mod_webdav"),
                                "webdav.activate = \"enable\"",
                                "webdav.sqlite-db-name = \"" + folder.resolve("locks") + "\"");
                Tunnel tunnel =
                        Tunnel.to(
                                local.port(),
                                folder,
                                mode,
                                server -> server.hostDomain("tunnels.example.com"),
                                agent -> agent.host("public"))) {
            List<String> direct = litmus("http://127.0.0.1:" + local.port() + "/dav/");
            assertTrue(
                    direct.stream().filter(line -> line.endsWith("pass")).count() > 80,
                    direct.toString());
            // No DNS has that name: the server is asked as a proxy would be.
            String proxy = "http://127.0.0.1:" + tunnel.server().port();
            assertEquals(direct, litmus("--proxy=" + proxy, tunnel.url("/dav/")));
        }
    }

    /**
     * A line for each result. Tests that it skips, when two changes fall into one second, count as
     * passed.
     */
    private List<String> litmus(String... arguments) throws Exception {
        // It goes on after a suite that failed, and says so at its end.
        List<String> command = new ArrayList<>(List.of(Installed.need("litmus"), "-k"));
        command.addAll(List.of(arguments));
        try (Programs litmus = Programs.start(folder, command, Map.of())) {
            litmus.awaitExit(PATIENCE_SECONDS);
            return litmus.output()
                    .lines()
                    .filter(line -> line.matches(" ?\\d+\\. .*(pass|FAIL.*|SKIPPED)"))
                    .map(line -> line.replaceFirst("SKIPPED$", "pass"))
                    .toList();
        }
    }
}
