package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /register} of a server of our own. */
class RegisterTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static TunnelServer start(Consumer<TunnelServerBuilder> options) {
        TunnelServerBuilder builder = TunnelServer.builder().host("127.0.0.1").port(0);
        options.accept(builder);
        return builder.start();
    }

    private static RawClient.Answer register(TunnelServer server, String body, String... lines)
            throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            StringBuilder head = new StringBuilder("POST /register HTTP/1.1\r\n");
            for (String line : lines) {
                head.append(line).append("\r\n");
            }
            byte[] bytes = body.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
            return client.send(head.toString()).send(bytes).answer();
        }
    }

    private static JsonNode ok(RawClient.Answer answer) throws IOException {
        assertEquals(200, answer.status(), answer.text());
        assertEquals("application/json", answer.first("Content-Type"));
        assertEquals(
                "cloudtunnel.v1, cloudtunnel.v1.signed", answer.first("Cloudtunnel-Protocols"));
        assertFalse(answer.first("X-Request-Id").isEmpty());
        return JSON.readTree(answer.body().toByteArray());
    }

    @Test
    void thisMachineGetsATunnelWithoutSettings() throws IOException {
        try (TunnelServer server = start(b -> {})) {
            JsonNode pair = ok(register(server, "", "Host: localhost:" + server.port()));
            String id = pair.path("id").asText();
            assertTrue(id.matches("[a-z2-7]{32}"), id);
            assertTrue(pair.path("secret").asText().length() <= 512);
            assertEquals(
                    "http://localhost:" + server.port() + "/pub/" + id,
                    pair.path("public_url").asText());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: tunnel.example.com",
                "Host: localhost\r\nX-Forwarded-For: 127.0.0.1",
                "Host: localhost\r\nForwarded: for=127.0.0.1"
            })
    void othersGetBothWaysOut(String lines) throws IOException {
        try (TunnelServer server = start(b -> {})) {
            RawClient.Answer answer = register(server, "", lines);
            assertEquals(403, answer.status());
            assertEquals("registration-closed", answer.first("Cloudtunnel-Error"));
            assertTrue(answer.text().contains("KEY=$(openssl"), answer.text());
            assertTrue(answer.text().contains("REGISTRATION=open java"), answer.text());
        }
    }

    @Test
    void onCloudRunTheWaysOutAreItsCommands() throws IOException {
        try (TunnelServer server = start(b -> b.cloudRunService("my-tunnel"))) {
            RawClient.Answer answer = register(server, "", "Host: localhost");
            assertEquals(403, answer.status());
            assertTrue(
                    answer.text()
                            .contains(
                                    "gcloud run services update my-tunnel --update-env-vars"
                                            + " API_KEYS="));
            assertTrue(
                    answer.text()
                            .contains(
                                    "gcloud run services update my-tunnel --update-env-vars"
                                            + " REGISTRATION=open"));
        }
    }

    @Test
    void aPublicBaseUrlClosesRegistration() throws IOException {
        try (TunnelServer server = start(b -> b.publicBaseUrl(URI.create("https://t.example")))) {
            assertEquals(403, register(server, "", "Host: localhost").status());
        }
    }

    @Test
    void keysAreAskedFor() throws IOException {
        try (TunnelServer server = start(b -> b.apiKeys(Map.of("me", "key-0123456789abcdef")))) {
            RawClient.Answer none = register(server, "", "Host: localhost");
            assertEquals(401, none.status());
            assertEquals("bad-api-key", none.first("Cloudtunnel-Error"));
            assertEquals("Bearer", none.first("WWW-Authenticate"));
            RawClient.Answer wrong =
                    register(
                            server,
                            "",
                            "Host: localhost",
                            "Authorization: Bearer key-0123456789abcdeg",
                            "Accept: application/json");
            assertEquals(401, wrong.status());
            assertEquals(
                    "bad-api-key",
                    JSON.readTree(wrong.body().toByteArray()).path("error").asText());
            ok(
                    register(
                            server,
                            "",
                            "Host: tunnel.example.com",
                            "Authorization: Bearer key-0123456789abcdef"));
        }
    }

    @Test
    void anAddressRegistersSoOftenInAMinute() throws IOException {
        try (TunnelServer server =
                start(b ->
                        b.openRegistration()
                                .trustedHops(1)
                                .registrations(new RegistrationLimits(4, 0)))) {
            for (int i = 0; i < 4; i++) {
                ok(register(server, "", "Host: t.example", "X-Forwarded-For: 6.6.6.6, 192.0.2.1"));
            }
            RawClient.Answer over =
                    register(server, "", "Host: t.example", "X-Forwarded-For: 7.7.7.7, 192.0.2.1");
            assertEquals(429, over.status());
            assertEquals("too-many-requests", over.first("Cloudtunnel-Error"));
            assertEquals("registrations", over.first("Cloudtunnel-Limit"));
            int seconds = Integer.parseInt(over.first("Retry-After"));
            assertTrue(seconds > 0 && seconds <= 15, seconds + " s");
            assertTrue(over.text().contains("LIMIT_REGISTRATIONS"), over.text());
            ok(register(server, "", "Host: t.example", "X-Forwarded-For: 192.0.2.2"));
        }
    }

    @Test
    void keysAreNotGuessedWithoutEnd() throws IOException {
        String right = "Authorization: Bearer key-0123456789abcdef";
        try (TunnelServer server =
                start(b ->
                        b.apiKeys(Map.of("me", "key-0123456789abcdef"))
                                .registrations(new RegistrationLimits(9, 0)))) {
            for (int i = 0; i < 3; i++) {
                assertEquals(
                        401,
                        register(server, "", "Host: t", "Authorization: Bearer guess" + i)
                                .status());
            }
            RawClient.Answer over = register(server, "", "Host: t", right);
            assertEquals(429, over.status(), "not even the right one, which would tell");
            assertEquals("registration-failures", over.first("Cloudtunnel-Limit"));
        }
    }

    @Test
    void anOldPairGetsItsIdBackAndASecretThatWorks() throws Exception {
        try (Tunnel tunnel = Tunnel.start()) {
            String body = pair(tunnel.id, tunnel.secret);
            JsonNode fresh = ok(register(tunnel.server, body, "Host: localhost"));
            assertEquals(tunnel.id, fresh.path("id").asText());
            String secret = fresh.path("secret").asText();
            assertNotEquals(tunnel.secret, secret);
            JdkAgent.connect(tunnel.client, tunnel.port(), tunnel.id, secret).close();
        }
    }

    @ParameterizedTest
    @CsvSource({"true, false", "false, true"})
    void aPairThatDoesNotVerifyGetsANewId(boolean otherId, boolean tampered) throws Exception {
        try (Tunnel tunnel = Tunnel.start()) {
            String id = otherId ? tunnel.register().path("id").asText() : tunnel.id;
            String secret = tampered ? tunnel.secret.replace(".0.-.", ".1.-.") : tunnel.secret;
            JsonNode fresh = ok(register(tunnel.server, pair(id, secret), "Host: localhost"));
            assertNotEquals(tunnel.id, fresh.path("id").asText());
            assertNotEquals(id, fresh.path("id").asText());
        }
    }

    private static String pair(String id, String secret) {
        return JSON.createObjectNode()
                .put("id", id)
                .put("secret", secret)
                .put("unknown", 1)
                .toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", " {\"id\":null} ", "{\"id\":7,\"secret\":[]}", "{\"id\":\"a\"}"})
    void anyObjectIsTaken(String body) throws IOException {
        try (TunnelServer server = start(b -> {})) {
            ok(register(server, body, "Host: localhost"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "[]", "7", "{\"id\":", "{} {}", "\u0000\u0001"})
    void aBodyThatIsNoObjectIsRefused(String body) throws IOException {
        try (TunnelServer server = start(b -> {})) {
            RawClient.Answer answer = register(server, body, "Host: localhost");
            assertEquals(400, answer.status(), answer.text());
            assertEquals("bad-request", answer.first("Cloudtunnel-Error"));
        }
    }

    @Test
    void aHugeBodyIsRefused() throws IOException {
        try (TunnelServer server = start(b -> {})) {
            String least = "{\"x\":\"" + "x".repeat(16 * 1024 - 8) + "\"}";
            ok(register(server, least, "Host: localhost"));
            RawClient.Answer answer = register(server, least + " ", "Host: localhost");
            assertEquals(413, answer.status());
            assertEquals("body-too-large", answer.first("Cloudtunnel-Error"));
        }
    }

    @Test
    void aGetRegistersNothingAndSaysWhatIsSpoken() throws IOException {
        try (TunnelServer server = start(b -> {});
                RawClient client = new RawClient(server.port())) {
            client.request("GET", "/register");
            RawClient.Answer answer = client.answer();
            assertEquals(405, answer.status());
            assertEquals("POST", answer.first("Allow"));
            assertEquals(
                    "cloudtunnel.v1, cloudtunnel.v1.signed", answer.first("Cloudtunnel-Protocols"));
            assertFalse(answer.text().contains("secret"), answer.text());
        }
    }

    @Test
    void aHugeBodyInChunksIsRefused() throws IOException {
        try (TunnelServer server = start(b -> {});
                RawClient client = new RawClient(server.port())) {
            client.request("POST", "/register", "Transfer-Encoding: chunked");
            for (int i = 0; i < 5; i++) {
                client.send("1000\r\n" + " ".repeat(4096) + "\r\n");
            }
            assertEquals(413, client.send("0\r\n\r\n").answer().status());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "https://t.example.com, https://t.example.com",
        "https://t.example.com/, https://t.example.com",
        "https://t.example.com:8443/a/b/, https://t.example.com:8443/a/b",
        "http://localhost/tunnels, http://localhost/tunnels"
    })
    void thePublicUrlHasTheConfiguredBase(String base, String start) throws IOException {
        try (TunnelServer server =
                start(b -> b.openRegistration().publicBaseUrl(URI.create(base)))) {
            JsonNode pair =
                    ok(register(server, "", "Host: other.example", "X-Forwarded-Proto: http"));
            assertEquals(
                    start + "/pub/" + pair.path("id").asText(), pair.path("public_url").asText());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "t.example.com, https, https://t.example.com",
        "t.example.com:81, http, http://t.example.com:81",
        "[::1]:81, ftp, http://[::1]:81",
        "localhost, '', http://localhost"
    })
    void withoutOneItIsAsTheAgentSeesIt(String host, String proto, String start)
            throws IOException {
        try (TunnelServer server = start(TunnelServerBuilder::openRegistration)) {
            JsonNode pair =
                    ok(register(server, "", "Host: " + host, "X-Forwarded-Proto: " + proto));
            assertEquals(
                    start + "/pub/" + pair.path("id").asText(), pair.path("public_url").asText());
        }
    }
}
