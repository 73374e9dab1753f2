package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.program.Option;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The names that the docs and the files of deploy give to our programs are ones that they know. */
class NamesTest {

    private static final Path ROOT = Path.of("..");

    /** What others are told by environment, or what stands for a value of the reader's. */
    private static final Set<String> OF_OTHERS =
            Set.of(
                    "GCE_METADATA_HOST",
                    "HTTPS_PROXY",
                    "HTTP_PROXY",
                    "JAVA_HOME",
                    "JAVA_TOOL_OPTIONS",
                    "K_SERVICE",
                    "MALLOC_ARENA_MAX",
                    "NO_PROXY",
                    "OTEL_BSP_MAX_QUEUE_SIZE",
                    "OTEL_EXPORTER_OTLP_CERTIFICATE",
                    "OTEL_EXPORTER_OTLP_TIMEOUT",
                    "OTEL_PROPAGATORS",
                    "XDG_CONFIG_HOME");

    private static final Pattern IN_BACKTICKS =
            Pattern.compile("`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`");
    private static final Pattern GIVEN =
            Pattern.compile("--(?:set|update|remove)-(?:env-vars|secrets) (\\S+)");
    private static final Pattern NAME = Pattern.compile("(?:^|,)([A-Z][A-Z0-9_]*)(?==|,|$)");
    private static final Pattern KNATIVE = Pattern.compile("- name: ([A-Z][A-Z0-9_]*)\\b");
    private static final Pattern COMPOSE = Pattern.compile("(?m)^ {6}([A-Z][A-Z0-9_]*):");
    private static final Pattern DOCKER = Pattern.compile("(?m)(?:^ENV|-e) ([A-Z][A-Z0-9_]*)=");
    private static final Pattern UNIT = Pattern.compile("(?m)^Environment=([A-Z][A-Z0-9_]*)=");
    private static final Pattern KEYS = Pattern.compile("(?m)^#?([a-z][a-z-]*): ");

    private static final Set<String> SERVER =
            environment(options("io.cloudtunnel.server.ServerOptions"));
    private static final List<Option> AGENT_OPTIONS = options("io.cloudtunnel.agent.AgentOptions");
    private static final Set<String> AGENT = environment(AGENT_OPTIONS);

    /** They are not part of the interface for programs, so this looks behind it. */
    static List<Option> options(String holder) {
        try {
            Field all = Class.forName(holder).getDeclaredField("ALL");
            all.setAccessible(true);
            return ((List<?>) all.get(null)).stream().map(Option.class::cast).toList();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(holder, e);
        }
    }

    private static Set<String> environment(List<Option> options) {
        return options.stream().map(Option::environment).collect(Collectors.toSet());
    }

    private static boolean isOurs(String name) {
        return SERVER.contains(name) || AGENT.contains(name);
    }

    @Test
    void ofTheFilesForServers() throws Exception {
        try (Stream<Path> files = Files.list(ROOT.resolve("deploy/cloud-run"))) {
            for (Path file : files.toList()) {
                known(file, KNATIVE, SERVER::contains);
            }
        }
        known(ROOT.resolve("compose.yaml"), COMPOSE, SERVER::contains);
        known(ROOT.resolve("deploy/linux/tunnel-server.service"), UNIT, SERVER::contains);
        known(ROOT.resolve("Dockerfile"), DOCKER, NamesTest::isOurs);
    }

    @Test
    void ofTheFilesForAgents() throws Exception {
        known(ROOT.resolve("deploy/linux/tunnel-agent.service"), UNIT, AGENT::contains);
        Set<String> keys = AGENT_OPTIONS.stream().map(Option::key).collect(Collectors.toSet());
        known(ROOT.resolve("deploy/linux/application.yaml"), KEYS, keys::contains);
    }

    @Test
    void ofTheDocs() throws Exception {
        int given = 0;
        for (Path file : docs()) {
            String text = Files.readString(file);
            known(file, IN_BACKTICKS, name -> isOurs(name) || OF_OTHERS.contains(name), 0);
            known(file, DOCKER, NamesTest::isOurs, 0);
            for (MatchResult list : GIVEN.matcher(text).results().toList()) {
                for (MatchResult name : NAME.matcher(list.group(1)).results().toList()) {
                    assertTrue(SERVER.contains(name.group(1)), file + ": " + name.group(1));
                    given++;
                }
            }
        }
        assertTrue(given > 10, "given to gcloud: " + given);
    }

    private static List<Path> docs() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(
                            files.filter(file -> file.toString().endsWith(".md")),
                            Stream.of(ROOT.resolve("README.md")))
                    .toList();
        }
    }

    private static void known(Path file, Pattern pattern, Predicate<String> isKnown)
            throws IOException {
        known(file, pattern, isKnown, 1);
    }

    private static void known(Path file, Pattern pattern, Predicate<String> isKnown, int least)
            throws IOException {
        Set<String> found = new TreeSet<>();
        pattern.matcher(Files.readString(file)).results().forEach(name -> found.add(name.group(1)));
        assertTrue(found.size() >= least, file + " has no names that this test can see");
        found.removeIf(isKnown);
        assertEquals(Set.of(), found, file.toString());
    }
}
