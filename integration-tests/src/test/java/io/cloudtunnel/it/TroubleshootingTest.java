package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.session.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The page of troubleshooting has each code and each text of the programs: they are taken from
 * their sources, so that a new one without a cure fails.
 */
class TroubleshootingTest {

    private static final Path ROOT = Path.of("..");

    /** A status, and the code that goes with it. */
    private static final Pattern CODE =
            Pattern.compile("\\d{3}(?:\\.code\\(\\))?,\\s*\"([a-z]+(?:-[a-z]+)+)\"");

    /** Of a call, up to its end; a text may have a semicolon, too. */
    private static final String ARGUMENTS = "(?:[^;\"]|\"(?:[^\"\\\\]|\\\\.)*\")*?";

    private static final Pattern LOGGED =
            Pattern.compile("Level\\.(?:WARNING|ERROR)\\b(" + ARGUMENTS + ")\\);");
    private static final Pattern THROWN =
            Pattern.compile("new IOException\\((" + ARGUMENTS + ")\\);");
    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** In a text of several literals one line of source ends, and the next begins. */
    private static final Pattern JOIN = Pattern.compile("\"\\s*\\+\\s*\"");

    /** Of what is shorter than a sentence there is more than one. */
    private static final int LEAST = 12;

    private static String page;

    @BeforeAll
    static void read() throws IOException {
        page = Files.readString(ROOT.resolve("docs/troubleshooting.md"));
    }

    private static List<Path> sources(String... modules) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : modules) {
            try (Stream<Path> all = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                all.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        return sources;
    }

    @Test
    void eachCodeHasItsCure() throws Exception {
        Set<String> codes =
                new TreeSet<>(Set.of("signed-required", "signed-off", "too-many-links"));
        Stream.of(ErrorCode.values()).map(ErrorCode::token).forEach(codes::add);
        int known = codes.size();
        for (Path file : sources("tunnel-server")) {
            CODE.matcher(Files.readString(file))
                    .results()
                    .forEach(code -> codes.add(code.group(1)));
        }
        assertTrue(codes.size() > known + 10, "found in the sources: " + codes);
        codes.removeIf(code -> page.contains("| `" + code + "`") || page.contains("; `" + code));
        assertEquals(Set.of(), codes);
    }

    @Test
    void eachTextOfALogHasItsCure() throws Exception {
        eachHasItsCure(
                sources("tunnel-server", "tunnel-agent", "tunnel-program", "tunnel-observe"),
                LOGGED,
                25);
    }

    /** They end up in what the agent prints. */
    @Test
    void eachFailureOfAnAgentHasItsCure() throws Exception {
        List<Path> agent = sources("tunnel-agent");
        // What this package throws is for the handler of an embedding program.
        agent.removeIf(file -> file.toString().contains("/local/"));
        eachHasItsCure(agent, THROWN, 25);
    }

    private static void eachHasItsCure(List<Path> files, Pattern places, int least)
            throws IOException {
        Set<String> missing = new TreeSet<>();
        int found = 0;
        for (Path file : files) {
            for (MatchResult place : places.matcher(Files.readString(file)).results().toList()) {
                String telling = telling(place.group(1));
                if (!telling.isEmpty()) {
                    found++;
                    if (!page.contains(telling)) {
                        missing.add(file.getFileName() + ": " + telling);
                    }
                }
            }
        }
        assertTrue(found >= least, "texts found: " + found);
        assertEquals(Set.of(), missing, "docs/troubleshooting.md lacks");
    }

    /** The first piece of a text that is always the same, and long enough. */
    private static String telling(String arguments) {
        return LITERAL.matcher(JOIN.matcher(arguments).replaceAll(""))
                .results()
                .flatMap(
                        literal -> Stream.of(literal.group(1).split("\\{\\d\\}|[.:;,] | \\(|\\.$")))
                .map(String::strip)
                .filter(piece -> piece.length() >= LEAST && !piece.endsWith("="))
                .findFirst()
                .orElse("");
    }
}
