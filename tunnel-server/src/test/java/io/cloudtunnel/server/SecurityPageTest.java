package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Is what docs/security.md names there? */
class SecurityPageTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+)#(\\w+)`");
    private static final Pattern CLASS = Pattern.compile("`([A-Z]\\w*[a-z]\\w*)`");

    /** What else is written like a class there: fields, and attributes of cookies. */
    private static final Set<String> OTHERS =
            Set.of(
                    "Connection",
                    "Dockerfile",
                    "Domain",
                    "Forwarded",
                    "Host",
                    "HttpOnly",
                    "Origin",
                    "Path",
                    "Referer",
                    "SameSite");

    /** The sources by the name of their class. */
    private static Map<String, Path> sources(String kind) throws IOException {
        Map<String, Path> sources = new HashMap<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.map(each -> each.resolve("src/" + kind)).toList()) {
                if (Files.isDirectory(module)) {
                    try (Stream<Path> files = Files.walk(module)) {
                        files.filter(file -> file.toString().endsWith(".java"))
                                .forEach(file -> sources.put(name(file), file));
                    }
                }
            }
        }
        return sources;
    }

    private static String name(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/security.md"));
    }

    @Test
    void eachTestIsThere() throws IOException {
        Map<String, Path> tests = sources("test");
        List<String> missing = new ArrayList<>();
        List<MatchResult> named = TEST.matcher(page()).results().toList();
        for (MatchResult each : named) {
            Path file = tests.get(each.group(1));
            Pattern method =
                    Pattern.compile("(?m)^    (void|Stream<DynamicTest>) " + each.group(2) + "\\(");
            if (file == null || !method.matcher(Files.readString(file)).find()) {
                missing.add(each.group());
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(named.size() > 50, named.size() + " are named");
    }

    @Test
    void eachClassIsThere() throws IOException {
        Map<String, Path> classes = sources("main");
        classes.putAll(sources("test"));
        List<String> missing =
                CLASS.matcher(page())
                        .results()
                        .map(each -> each.group(1))
                        .filter(each -> !OTHERS.contains(each))
                        .filter(each -> !classes.containsKey(each))
                        .toList();
        assertEquals(List.of(), missing);
    }

    /** Each row of the table of attacks has a defence and a test, and says whether it can fail. */
    @Test
    void noAttackIsWithoutATest() throws IOException {
        String page = page();
        List<String> rows =
                page.substring(page.indexOf("| attack |"))
                        .lines()
                        .skip(2)
                        .takeWhile(line -> line.startsWith("|"))
                        .toList();
        assertTrue(rows.size() > 40, rows.size() + " rows");
        for (String row : rows) {
            List<String> cells =
                    Arrays.stream(row.substring(1).split("\\|", -1)).map(String::strip).toList();
            assertEquals(5, cells.size(), row); // the last one is behind the last bar
            assertTrue(!cells.get(1).isEmpty(), row);
            assertTrue(TEST.matcher(cells.get(2)).find(), row);
            assertTrue(cells.get(3).matches("yes|no"), row);
        }
    }
}
