package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.relay.servers.Installed;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** git over smart HTTP: {@code git http-backend} behind lighttpd, and git's own client. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GitIT {

    private static final int SIZE = 3_000_000;

    /** As many branches as make git compress what it asks for, which it does above 1 KiB. */
    private static final int BRANCHES = 60;

    @TempDir Path folder;

    private final Random random = new Random(7);

    @ParameterizedTest
    @ValueSource(strings = {"binary", "json"})
    void cloneAndPush(String mode) throws Exception {
        Path root = Files.createDirectory(folder.resolve("root"));
        Path origin = root.resolve("origin.git");
        git("init", "--quiet", "--bare", "--initial-branch=main", origin.toString());
        git("-C", origin.toString(), "config", "http.receivepack", "true");
        seed(origin);
        try (Lighttpd local = backend(root);
                Tunnel tunnel = Tunnel.to(local.port(), folder, mode)) {
            String url = tunnel.url("/git/origin.git");
            Path work = folder.resolve("work");
            git("clone", "--quiet", url, work.toString());
            assertEquals(tip(origin), tip(work));

            Files.write(work.resolve("more"), incompressible());
            git("-C", work.toString(), "add", "more");
            git("-C", work.toString(), "commit", "--quiet", "-m", "more");
            git("-C", work.toString(), "push", "--quiet", "origin", "main");
            assertEquals(tip(work), tip(origin));

            Path again = folder.resolve("again");
            git("-c", "protocol.version=0", "clone", "--quiet", url, again.toString());
            assertEquals(tip(work), tip(again));
            for (Path repository : List.of(work, again, origin)) {
                git("-C", repository.toString(), "fsck", "--full", "--strict");
            }
        }
        // Otherwise the test would not show what it is for.
        String sent = Files.readString(folder.resolve("trace")).toLowerCase(Locale.ROOT);
        assertTrue(sent.contains("send header: content-encoding: gzip"), "a compressed request");
        assertTrue(sent.contains("send header: transfer-encoding: chunked"), "a chunked push");
    }

    /** Many branches, and content that no compression makes smaller. */
    private void seed(Path origin) throws Exception {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = 0; i < BRANCHES; i++) {
            String commit =
                    """
                    commit refs/heads/b%d
                    committer C <c@example.com> %d +0000
                    data 1
                    x
                    """
                            .formatted(i, 1_700_000_000 + i);
            stream.writeBytes(commit.getBytes(StandardCharsets.US_ASCII));
        }
        String last =
                """
                commit refs/heads/main
                committer C <c@example.com> 1700001000 +0000
                data 1
                x
                M 100644 inline file
                data %d
                """
                        .formatted(SIZE);
        stream.writeBytes(last.getBytes(StandardCharsets.US_ASCII));
        stream.writeBytes(incompressible());
        Path script = folder.resolve("seed");
        Files.write(script, stream.toByteArray());
        run("/bin/sh", "-c", "git -C " + origin + " fast-import --quiet <" + script);
    }

    private Lighttpd backend(Path root) throws Exception {
        Installed.need("git");
        Path backend = Path.of(git("--exec-path").strip(), "git-http-backend");
        if (!Files.isExecutable(backend)) {
            Installed.missing("git http-backend");
        }
        return Lighttpd.start(
                root,
                List.of("mod_alias", "mod_setenv", "mod_cgi"),
                "alias.url = ( \"/git\" => \"%s\" )".formatted(backend),
                "setenv.set-environment = ( \"GIT_PROJECT_ROOT\" => \"%s\",".formatted(root)
                        + " \"GIT_HTTP_EXPORT_ALL\" => \"1\", \"HOME\" => \"%s\" )"
                                .formatted(folder),
                "cgi.assign = ( \"\" => \"\" )");
    }

    private byte[] incompressible() {
        byte[] bytes = new byte[SIZE];
        random.nextBytes(bytes);
        return bytes;
    }

    private String tip(Path repository) throws Exception {
        return git("-C", repository.toString(), "rev-parse", "main");
    }

    private String git(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Installed.need("git")));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    private String run(String... command) throws Exception {
        Map<String, String> environment =
                Map.of(
                        "GIT_CONFIG_NOSYSTEM", "1",
                        "GIT_TERMINAL_PROMPT", "0",
                        "GIT_AUTHOR_NAME", "A",
                        "GIT_AUTHOR_EMAIL", "a@example.com",
                        "GIT_COMMITTER_NAME", "C",
                        "GIT_COMMITTER_EMAIL", "c@example.com",
                        "GIT_TRACE_CURL", folder.resolve("trace").toString(),
                        "GIT_TRACE_CURL_NO_DATA", "1");
        return Programs.run(folder, List.of(command), environment);
    }
}
