package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.cloudtunnel.server.access.KeptPolicies;
import io.cloudtunnel.server.auth.Credentials;
import io.cloudtunnel.server.relay.MemoryEngine;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may use a tunnel whose agent speaks JSON mode, and so says it when it registers. */
class JsonPolicyTest {

    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final String NOBODY = "{\"access\":{\"allow\":[\"192.0.2.0/24\"]}}";
    private static final String US = "{\"access\":{\"allow\":[\"127.0.0.0/8\",\"::1\"]}}";

    private static String secret(JsonNode pair) {
        return pair.path("secret").asText();
    }

    private static String id(JsonNode pair) {
        return pair.path("id").asText();
    }

    /** What the public gets of a tunnel whose agent is connected to this server. */
    private static String served(Tunnel at, JsonNode pair) throws Exception {
        JdkAgent agent =
                JdkAgent.connect(
                        at.client,
                        at.port(),
                        id(pair),
                        secret(pair),
                        request -> request.answer(204, new byte[0]));
        try {
            HttpRequest get = HttpRequest.newBuilder(at.at("/pub/" + id(pair) + "/")).build();
            HttpResponse<String> answer = at.client.send(get, BodyHandlers.ofString());
            return answer.statusCode()
                    + answer.headers().firstValue("Cloudtunnel-Error").map(e -> " " + e).orElse("");
        } finally {
            agent.close();
        }
    }

    private static String with(JsonNode pair, String more) {
        return "{\"id\":\"%s\",\"secret\":\"%s\"%s}".formatted(id(pair), secret(pair), more);
    }

    @Test
    void holdsForItsLinks() throws Exception {
        try (Tunnel tunnel = Tunnel.start()) {
            assertEquals("403 forbidden", served(tunnel, tunnel.register(NOBODY)));
            assertEquals("204", served(tunnel, tunnel.register(US)));
        }
    }

    /** A secret names its policy, so an instance that has lost it opens nothing. */
    @Test
    void anInstanceWithoutItServesNobody() throws Exception {
        try (Tunnel first = Tunnel.start(server -> server.tunnelKey(KEY))) {
            JsonNode pair = first.register(US);
            try (Tunnel second = Tunnel.start(first, server -> server.tunnelKey(KEY))) {
                assertEquals("503 policy-unavailable", served(second, pair));
                JsonNode again =
                        second.register(with(pair, "," + US.substring(1, US.length() - 1)));
                assertEquals(id(pair), id(again));
                assertEquals("204", served(second, again));
                assertEquals("204", served(second, pair), "it is the same policy");
            }
        }
    }

    @Test
    void instancesShareIt() throws Exception {
        MemoryEngine memory = new MemoryEngine();
        try (Tunnel first = Tunnel.start(b -> b.tunnelKey(KEY).engine(memory::engine))) {
            JsonNode pair = first.register(NOBODY);
            try (Tunnel second =
                    Tunnel.start(first, b -> b.tunnelKey(KEY).engine(memory::engine))) {
                assertEquals("403 forbidden", served(second, pair));
            }
        }
    }

    @Test
    void staysUntilAnotherIsAskedFor() throws Exception {
        try (Tunnel tunnel = Tunnel.start()) {
            JsonNode pair = tunnel.register(NOBODY);
            JsonNode again = tunnel.register(with(pair, ""));
            assertEquals(
                    Credentials.policyHash(secret(pair)), Credentials.policyHash(secret(again)));
            assertEquals("403 forbidden", served(tunnel, again));
            JsonNode open = tunnel.register(with(pair, ",\"access\":null"));
            assertEquals(id(pair), id(open));
            assertEquals(KeptPolicies.NONE, Credentials.policyHash(secret(open)));
            assertEquals("204", served(tunnel, open));
        }
    }

    @Test
    void theAnswerSaysThatItIsHeeded() throws Exception {
        try (Tunnel tunnel = Tunnel.start()) {
            for (String body : new String[] {US, ""}) {
                HttpRequest register =
                        HttpRequest.newBuilder(tunnel.at("/register"))
                                .POST(BodyPublishers.ofString(body))
                                .build();
                assertEquals(
                        body.isEmpty() ? "" : "policy",
                        tunnel.client
                                .send(register, BodyHandlers.discarding())
                                .headers()
                                .firstValue("Cloudtunnel-Access")
                                .orElse(""));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"allow\":[]}", "{\"alow\":[\"::1\"]}", "7", "\"\"", "{\"allow\":7}"})
    void aWrongOneIsRefused(String policy) throws Exception {
        try (Tunnel tunnel = Tunnel.start()) {
            var e =
                    assertThrows(
                            IOException.class,
                            () -> tunnel.register("{\"access\":" + policy + "}"));
            String text = String.valueOf(e.getMessage());
            assertTrue(text.startsWith("400") && text.contains("access"), text);
        }
    }
}
