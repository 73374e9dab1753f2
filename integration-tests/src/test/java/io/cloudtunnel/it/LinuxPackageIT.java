package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cloudtunnel.server.relay.servers.Installed;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent without Java: unpacked, run, upgraded and removed as docs/agent-install.md says. The
 * part of the JDK and the cache are made at full length only; else the JDK of the test runs it.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LinuxPackageIT {

    private static final String NAME = "tunnel-agent-linux-x64";

    /** Two versions, made once: 1 and 2. */
    @TempDir static Path made;

    @TempDir Path folder;

    private EchoService local;
    private Programs server;

    @BeforeAll
    static void make() throws Exception {
        Path home = made.resolve("home");
        if (Homes.LONG) {
            Homes.make(home, "tunnel-agent", "tunnel-server");
        } else {
            Homes.makeQuickly(home, "tunnel-agent");
        }
        for (String version : List.of("1", "2")) {
            Homes.run(
                    home,
                    Map.of("COMPRESS", "gzip -1"),
                    Homes.script("linux/archive.sh"),
                    home.toString(),
                    version,
                    made.resolve(version).toString());
        }
        // Whoever unpacks has no such folder, which the cache names.
        Programs.run(made, List.of("rm", "-r", home.toString()), Map.of());
    }

    @BeforeEach
    void start() throws Exception {
        local = new EchoService();
        server = Programs.start(folder, "tunnel-server", Map.of(), "--port", "0");
        server.port();
    }

    @AfterEach
    void stop() {
        server.close();
        local.close();
    }

    @Test
    void theArchive() throws Exception {
        Path opt = Files.createDirectory(folder.resolve("opt"));
        Path state = Files.createDirectory(folder.resolve("state"));
        Path configuration = folder.resolve("application.yaml");
        Files.writeString(
                configuration,
                "server: http://localhost:%d\nlocal: %d\n".formatted(server.port(), local.port()));
        String url = throughTheArchive("1", opt, state, configuration);
        assertEquals(url, throughTheArchive("2", opt, state, configuration), "upgraded");

        delete(opt);
        assertEquals(List.of("credentials.json"), names(state).stream().limit(1).toList());
    }

    /** Installs a version beside those that are there, as the one that is started. */
    private String throughTheArchive(String version, Path opt, Path state, Path configuration)
            throws Exception {
        run("tar", "-C", opt.toString(), "-xzf", made(version, NAME + ".tar.gz").toString());
        Path link = opt.resolve("tunnel-agent");
        run("ln", "-sfn", "tunnel-agent-" + version, link.toString());
        verifyUnit(link);
        List<String> command =
                List.of(
                        link.resolve("bin/tunnel-agent").toString(),
                        "--config",
                        configuration.toString());
        String credentials = state.resolve("credentials.json").toString();
        try (Programs agent = program(command, Map.of("TUNNEL_CREDENTIALS", credentials))) {
            return page(agent);
        }
    }

    private void verifyUnit(Path installed) throws Exception {
        String unit = Files.readString(installed.resolve("etc/tunnel-agent.service"));
        Path here = folder.resolve("tunnel-agent.service");
        Files.writeString(here, unit.replace("/opt/tunnel-agent/", installed + "/"));
        assertEquals("", run("systemd-analyze", "verify", here.toString()));
    }

    @Test
    void theServersUnitIsOneForSystemd() throws Exception {
        Path unit = Path.of("..", "deploy", "linux", "tunnel-server.service");
        Path here = folder.resolve("tunnel-server.service");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Files.writeString(here, Files.readString(unit).replace("/usr/bin/java", java));
        assertEquals("", run("systemd-analyze", "verify", here.toString()));
    }

    @Test
    void theOneFile() throws Exception {
        Path program = folder.resolve("tunnel-agent");
        Files.copy(made("1", NAME), program, StandardCopyOption.COPY_ATTRIBUTES);
        Path cache = folder.resolve("cache");
        String url;
        try (Programs one = oneFile(program, cache, "one");
                Programs two =
                        oneFile(program, cache, "two")) { // at once, and nothing is there yet
            url = page(one);
            page(two);
        }
        assertEquals(1, names(cache.resolve("cloudtunnel")).size(), "one folder, and no leftovers");

        Files.copy(
                made("2", NAME),
                program,
                StandardCopyOption.COPY_ATTRIBUTES,
                StandardCopyOption.REPLACE_EXISTING);
        try (Programs one = oneFile(program, cache, "one")) {
            assertEquals(url, page(one), "upgraded");
        }
        assertEquals(2, names(cache.resolve("cloudtunnel")).size());

        delete(cache);
        try (Programs one = oneFile(program, cache, "one")) {
            assertEquals(url, page(one), "unpacked again");
        }
    }

    /** As cleaners of caches and a loss of power do it, while an agent runs. */
    @Test
    void theOneFileMendsWhatItHasUnpacked() throws Exception {
        Path program = made("1", NAME);
        Path cache = folder.resolve("cache");
        try (Programs running = oneFile(program, cache, "one")) {
            String ignored = running.publicUrl();
            String name = names(cache.resolve("cloudtunnel")).getFirst();
            Path home = cache.resolve("cloudtunnel").resolve(name);
            String whole = modesAndSizes(home);
            for (String damage :
                    List.of(
                            "rm runtime/bin/java",
                            "rm -r runtime",
                            ": >bin/tunnel-agent",
                            "head -c 1000 tunnel-agent.jar >x && mv x tunnel-agent.jar",
                            "echo >>tunnel-agent.aot",
                            "chmod a-x runtime/bin/java",
                            "rm -r * && touch x")) {
                run("sh", "-c", "cd " + home + " && " + damage);
                try (Programs one = help(program, cache, Map.of());
                        Programs two = help(program, cache, Map.of())) {
                    helps(one, damage);
                    helps(two, damage);
                }
                Files.deleteIfExists(home.resolve("x"));
                assertEquals(whole, modesAndSizes(home), damage);
                assertEquals(List.of(name), names(home.getParent()), damage);
            }
            page(running);
        }
    }

    private String modesAndSizes(Path home) throws Exception {
        return run(
                "sh", "-c", "cd " + home + " && find . -type f | sort | xargs stat -c '%A %s %n'");
    }

    /** Else a loss of power could leave the folder with empty files. */
    @Test
    void theOneFileIsOnTheDiskBeforeItHasItsName() throws Exception {
        Path cache = folder.resolve("cache");
        Path sync = Files.createDirectory(folder.resolve("bin")).resolve("sync");
        Files.writeString(
                sync, "#!/bin/sh\nls %s/cloudtunnel >>%s/names\n".formatted(cache, folder));
        run("chmod", "755", sync.toString());
        for (int start = 1; start <= 2; start++) {
            try (Programs one =
                    help(
                            made("1", NAME),
                            cache,
                            Map.of("PATH", sync.getParent() + ":/usr/bin:/bin"))) {
                helps(one, "start " + start);
            }
        }
        List<String> seen = Files.readAllLines(folder.resolve("names"));
        assertEquals(1, seen.size(), seen::toString);
        assertTrue(seen.getFirst().startsWith("unpacking."), seen::toString);
    }

    /** Who owns the folder above could put another one there at any time. */
    @Test
    void theOneFileTrustsNoFolderOfAnother() throws Exception {
        Path cache = folder.resolve("cache");
        try (Programs one = help(made("1", NAME), cache, Map.of())) {
            helps(one, "at first");
        }
        Path base = cache.resolve("cloudtunnel");
        assumeTrue(run("id", "-u").strip().equals("0"), "only root gives files away");
        run("chown", "65534", base.toString());
        refuses(made("1", NAME), cache, base + " belongs to another user");
    }

    @Test
    void whatMayNotBeRunIsWholeAllTheSame() throws Exception {
        Path cache = Files.createDirectory(folder.resolve("cache"));
        List<String> command = List.of("unshare", "-rm", "sh", "-c");
        String mount = "mount -t tmpfs -o noexec none " + cache;
        assumeTrue(status(command, mount) == 0, "nothing may be mounted here");
        String twice =
                "%s; for start in 1 2; do %s; ls -i %s/*/*/bin; done"
                        .formatted(mount, made("1", NAME), cache);
        Map<String, String> environment = Map.of("XDG_CACHE_HOME", cache.toString());
        try (Programs both = Programs.start(folder, with(command, twice), environment)) {
            assertEquals(0, both.awaitExit());
            List<String> said = both.output().lines().toList();
            assertEquals(4, said.size(), both::output);
            assertTrue(said.getFirst().contains("programs may not be run from"), both::output);
            assertEquals(said.subList(0, 2), said.subList(2, 4), "left as it was");
        }
    }

    private static List<String> with(List<String> command, String last) {
        return Stream.concat(command.stream(), Stream.of(last)).toList();
    }

    private int status(List<String> command, String last) throws Exception {
        try (Programs program = Programs.start(folder, with(command, last), Map.of())) {
            return program.awaitExit();
        }
    }

    private Programs help(Path program, Path cache, Map<String, String> more) throws Exception {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("XDG_CACHE_HOME", cache.toString());
        return program(List.of(program.toString(), "--help"), environment);
    }

    private static void helps(Programs program, String when) throws Exception {
        assertEquals(0, program.awaitExit(), () -> when + ": " + program.output());
        assertTrue(program.output().contains("--server"), () -> when + ": " + program.output());
    }

    @Test
    void whatTheOneFileSaysWhereItCannotUnpack() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        refuses(made("1", NAME), file, "it cannot write to " + file + "/cloudtunnel");

        Path half = folder.resolve("half");
        Files.copy(made("1", NAME), half, StandardCopyOption.COPY_ATTRIBUTES);
        try (RandomAccessFile cut = new RandomAccessFile(half.toFile(), "rw")) {
            cut.setLength(cut.length() / 2);
        }
        Path cache = folder.resolve("cache");
        refuses(half, cache, "is damaged: download it again");
        assertEquals(List.of(), names(cache.resolve("cloudtunnel")));
    }

    private void refuses(Path program, Path cache, String told) throws Exception {
        try (Programs refused = oneFile(program, cache, "x")) {
            assertEquals(2, refused.awaitExit());
            assertTrue(refused.output().contains(told), refused.output());
        }
    }

    private Programs oneFile(Path program, Path cache, String name) throws Exception {
        return program(
                List.of(program.toString(), "--name", name),
                Map.of(
                        "XDG_CACHE_HOME", cache.toString(),
                        "TUNNEL_CREDENTIALS", folder.resolve("credentials.json").toString(),
                        "TUNNEL_SERVER", "http://localhost:" + server.port(),
                        "TUNNEL_LOCAL", Integer.toString(local.port())));
    }

    /** Nothing of this machine's Java is found, and a cache that does not fit is an error. */
    private Programs program(List<String> command, Map<String, String> environment)
            throws Exception {
        List<String> all = new ArrayList<>(List.of("/usr/bin/env", "-i", "PATH=/usr/bin:/bin"));
        if (Homes.LONG) {
            all.add("JAVA_TOOL_OPTIONS=-XX:AOTMode=on");
        }
        environment.forEach((name, value) -> all.add(name + "=" + value));
        all.addAll(command);
        return Programs.start(folder, all, Map.of());
    }

    /** A page through the tunnel, by curl; the public URL. */
    private String page(Programs agent) throws Exception {
        String url = agent.publicUrl();
        server.await("link", line -> line.contains(" open"));
        assertEquals("200", run("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", url));
        agent.terminate();
        assertEquals(143, agent.awaitExit());
        assertFalse(agent.output().contains("[warning]"), agent.output());
        return url;
    }

    private String run(String program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Installed.need(program)));
        command.addAll(List.of(arguments));
        return Programs.run(folder, command, Map.of());
    }

    private static Path made(String version, String name) {
        return made.resolve(version).resolve(name);
    }

    private void delete(Path folder) throws Exception {
        run("rm", "-r", folder.toString());
    }

    private static List<String> names(Path folder) throws Exception {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
