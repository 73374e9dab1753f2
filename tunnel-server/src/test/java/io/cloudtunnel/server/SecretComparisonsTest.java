package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Does anything compare a secret in a time that tells how much of it was right? The time itself
 * cannot be measured reliably, so this looks at how the sources do it.
 */
class SecretComparisonsTest {

    private static final String SECRET =
            "\\w*(?i:secret|mac|proof|token|password|apiKey|credentials|authorization)";

    /** {@code mac.equals(x)}, {@code x.equals(mac)}, with accessors; and those of arrays. */
    private static final Pattern COMPARES =
            Pattern.compile(
                    "\\b%1$s(\\(\\))?\\.(equals|equalsIgnoreCase|contentEquals|compareTo)\\("
                                    .formatted(SECRET)
                            + "|\\.(equals|equalsIgnoreCase|contentEquals|compareTo)\\((\\w+\\.)*%1$s(\\(\\))?\\)"
                                    .formatted(SECRET)
                            + "|Arrays\\.(equals|compare|mismatch)\\([^)]*\\b%1$s\\b"
                                    .formatted(SECRET));

    /** Where a token is one of HTTP, and where an agent compares its own with its own. */
    private static final Set<String> HARMLESS =
            Set.of("Fields.java", "HttpVersion.java", "Enrolment.java", "Entries.java");

    private static List<Path> sources() throws IOException {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> modules = Files.list(Path.of(".."))) {
            for (Path main : modules.map(each -> each.resolve("src/main/java")).toList()) {
                if (Files.isDirectory(main)) {
                    try (Stream<Path> files = Files.walk(main)) {
                        files.filter(file -> isToBeRead(file)).forEach(all::add);
                    }
                }
            }
        }
        return all;
    }

    private static boolean isToBeRead(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".java") && !HARMLESS.contains(name);
    }

    @Test
    void noneStopsAtTheFirstDifference() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources()) {
            for (String line : Files.readAllLines(file)) {
                if (COMPARES.matcher(line).find()) {
                    found.add(file.getFileName() + ": " + line.strip());
                }
            }
        }
        assertEquals(List.of(), found);
    }

    /** So that the rule above can be seen to work. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "if (!mac.equals(parts.group(7))) {",
                "return key.getValue().equals(givenToken);",
                "if (expected.contentEquals(request.secret())) {",
                "adminToken.compareTo(sent)",
                "Arrays.equals(mac, given)",
                "Arrays.equals(given, proof)"
            })
    void theRuleFindsThem(String line) {
        assertTrue(COMPARES.matcher(line).find());
    }
}
