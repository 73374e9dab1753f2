package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Does a build of tomorrow take the same libraries as one of today? */
class PinnedVersionsTest {

    private static final Pattern VERSION =
            Pattern.compile("<(version|[a-z-]+\\.version)>([^<]*)</\\1>");

    private static final String OURS = "0.1.0-SNAPSHOT";

    /** Of Maven, Java and the JDK that builds, which are no libraries. */
    private static final List<String> REQUIRED = List.of("[3.8,)", "[17,)", "${build.jdk}");

    private static List<String> versions() throws IOException {
        List<Path> poms = new ArrayList<>(List.of(Path.of("../pom.xml")));
        try (Stream<Path> modules = Files.list(Path.of(".."))) {
            modules.map(module -> module.resolve("pom.xml"))
                    .filter(Files::isRegularFile)
                    .forEach(poms::add);
        }
        List<String> all = new ArrayList<>();
        for (Path pom : poms) {
            for (MatchResult each : VERSION.matcher(Files.readString(pom)).results().toList()) {
                all.add(each.group(2));
            }
        }
        return all;
    }

    @Test
    void eachVersionIsOneVersion() throws IOException {
        List<String> versions = versions();
        assertTrue(versions.size() > 40, versions.size() + " versions");
        List<String> loose =
                versions.stream()
                        .filter(version -> !version.equals(OURS) && !REQUIRED.contains(version))
                        .filter(version -> !version.matches("\\$\\{[a-z-]+\\.version\\}"))
                        .filter(version ->
                                !version.matches("\\d[\\w.-]*") || version.endsWith("-SNAPSHOT"))
                        .toList();
        assertEquals(List.of(), loose);
    }
}
