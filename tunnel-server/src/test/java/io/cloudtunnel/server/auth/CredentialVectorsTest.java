package io.cloudtunnel.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The published vectors, docs/vectors/credentials.json. */
class CredentialVectorsTest {

    private final JsonNode vectors;
    private final Credentials credentials;

    CredentialVectorsTest() throws IOException {
        vectors = new ObjectMapper().readTree(Path.of("../docs/vectors/credentials.json").toFile());
        Map<String, String> keys = new LinkedHashMap<>();
        for (JsonNode key : vectors.path("keys")) {
            keys.put(key.path("kid").asText(), key.path("text").asText());
        }
        Instant now = Instant.ofEpochSecond(vectors.path("now").asLong());
        credentials = new Credentials(TunnelKeys.of(keys), Clock.fixed(now, ZoneOffset.UTC));
    }

    private Stream<JsonNode> all(String name) {
        assertFalse(vectors.path(name).isEmpty(), name);
        return vectors.path(name).valueStream();
    }

    @TestFactory
    Stream<DynamicTest> ids() {
        return all("ids").map(v -> test(v, () -> assertTrue(credentials.knows(id(v)))));
    }

    @TestFactory
    Stream<DynamicTest> invalidIds() {
        return all("invalid_ids").map(v -> test(v, () -> assertFalse(credentials.knows(id(v)))));
    }

    @TestFactory
    Stream<DynamicTest> secrets() {
        return all("secrets")
                .map(v -> test(v, () -> assertEquals(Credentials.Verdict.VALID, verdict(v))));
    }

    @TestFactory
    Stream<DynamicTest> invalidSecrets() {
        return all("invalid_secrets")
                .map(v ->
                        test(
                                v,
                                () ->
                                        assertEquals(
                                                v.path("failure").asText().equals("expired")
                                                        ? Credentials.Verdict.EXPIRED
                                                        : Credentials.Verdict.INVALID,
                                                verdict(v))));
    }

    private Credentials.Verdict verdict(JsonNode vector) {
        return credentials.verify(id(vector), vector.path("secret").asText());
    }

    private static String id(JsonNode vector) {
        return vector.path("id").asText();
    }

    private static DynamicTest test(JsonNode vector, org.junit.jupiter.api.function.Executable e) {
        return DynamicTest.dynamicTest(vector.path("name").asText(), e);
    }
}
