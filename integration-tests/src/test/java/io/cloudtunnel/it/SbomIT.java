package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.jar.JarFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lists of what the programs are made of, as the build wrote them beside the jars. */
class SbomIT {

    @ParameterizedTest
    @ValueSource(strings = {"tunnel-server", "tunnel-agent"})
    void listsWhatTheProgramsHold(String module) throws IOException {
        Path target = Path.of("..", module, "target");
        boolean written = Files.exists(target.resolve("bom.json"));
        assumeTrue(written || System.getenv("CI") != null, "not written by mvn --offline");
        JsonNode bom = new ObjectMapper().readTree(target.resolve("bom.json").toFile());
        assertEquals("CycloneDX", bom.path("bomFormat").asText());
        assertEquals(module, bom.at("/metadata/component/name").asText());
        Set<String> groups = new HashSet<>();
        for (JsonNode component : bom.path("components")) {
            String name = component.path("purl").asText();
            groups.add(component.path("group").asText());
            assertFalse(component.path("version").asText().isEmpty(), name);
            if (!component.path("group").asText().equals("io.cloudtunnel")) { // not in a jar yet
                assertFalse(component.path("hashes").isEmpty(), name);
            }
        }
        try (JarFile jar = new JarFile(target.resolve(module + ".jar").toFile())) {
            for (Held each : Held.values()) {
                assertEquals(
                        jar.getEntry(each.folder) != null,
                        groups.contains(each.group),
                        each.group + " in the jar and in the list");
            }
        }
        assertTrue(groups.contains(Held.JACKSON.group), groups.toString());
    }

    /** A library that is in one of them or in both. */
    private enum Held {
        JACKSON("com/fasterxml/jackson/core/", "com.fasterxml.jackson.core"),
        LETTUCE("io/lettuce/core/", "io.lettuce"),
        NATS("io/nats/client/", "io.nats"),
        NIMBUS("com/nimbusds/jose/", "com.nimbusds"),
        MICROMETER("io/micrometer/core/", "io.micrometer"),
        OPENTELEMETRY("io/opentelemetry/sdk/", "io.opentelemetry"),
        PICOCLI("picocli/", "info.picocli"),
        JUNIT("org/junit/jupiter/", "org.junit.jupiter");

        private final String folder;
        private final String group;

        Held(String folder, String group) {
            this.folder = folder;
            this.group = group;
        }
    }
}
