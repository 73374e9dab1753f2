package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** No secret is in the log, whatever is done with it. */
class SecretsTest {

    private static final String API_KEY = "api-key-that-nobody-may-see";
    private static final String TUNNEL_KEY = "tunnel-key-that-nobody-may-see-0123456789";

    @Test
    void noSecretIsLogged() throws Exception {
        try (LogCapture log = new LogCapture()) {
            TunnelServer server =
                    TunnelServer.builder()
                            .host("127.0.0.1")
                            .port(0)
                            .apiKeys(Map.of("me", API_KEY))
                            .tunnelKey("k:" + TUNNEL_KEY)
                            .start();
            String secret = run(server);
            server.close();
            String text = log.text();
            assertTrue(text.contains("register id="), text);
            assertTrue(text.contains("key=me"), text);
            assertTrue(text.contains("link refused"), text);
            assertTrue(text.contains("/visible"), text);
            String mac = secret.substring(secret.lastIndexOf('.') + 1);
            for (String hidden :
                    List.of(
                            API_KEY,
                            "wrong-key-of-somebody",
                            TUNNEL_KEY,
                            mac,
                            "query-secret",
                            "cookie-secret",
                            "body-secret",
                            "wrong-secret")) {
                assertFalse(text.contains(hidden), hidden + " is in:\n" + text);
            }
            assertFalse(text.contains("injected\n"), text);
        }
    }

    private static String run(TunnelServer server) throws Exception {
        String id;
        String secret;
        try (RawClient client = new RawClient(server.port())) {
            client.request(
                    "POST",
                    "/register",
                    "Content-Length: 0",
                    "Authorization: Bearer wrong-key-of-somebody");
            assertEquals(401, client.answer().status());
            client.request(
                    "POST", "/register", "Content-Length: 0", "Authorization: Bearer " + API_KEY);
            JsonNode pair = new ObjectMapper().readTree(client.answer().body().toByteArray());
            id = pair.path("id").asText();
            secret = pair.path("secret").asText();
            String body = "{\"id\":\"" + id + "\",\"secret\":\"" + secret + "\"}";
            client.request(
                            "POST",
                            "/register",
                            "Content-Length: " + body.length(),
                            "Authorization: Bearer " + API_KEY)
                    .send(body);
            assertEquals(200, client.answer().status());
        }
        refused(server, "/ws?id=" + id + "&secret=wrong-secret");
        refused(server, "/ws?id=x%0d%0ainjected%0d%0a&secret=" + secret);
        try (RawClient agent = new RawClient(server.port());
                RawClient client = new RawClient(server.port())) {
            handshake(agent, "/ws?id=" + id + "&secret=" + secret);
            assertEquals(101, agent.answer().status());
            client.request(
                    "POST",
                    "/pub/" + id + "/visible?q=query-secret",
                    "Cookie: cookie-secret",
                    "Content-Length: 11");
            client.send("body-secret");
            assertEquals(0x81, agent.read());
            agent.send(new byte[] {(byte) 0x81, (byte) 0x80, 0, 0, 0, 0}); // empty, so not JSON
            assertEquals(502, client.answer().status());
        }
        return secret;
    }

    private static void refused(TunnelServer server, String target) throws Exception {
        try (RawClient agent = new RawClient(server.port())) {
            handshake(agent, target);
            RawClient.Answer answer = agent.answer();
            assertEquals(401, answer.status());
            String all =
                    answer.lines()
                            + new String(answer.body().toByteArray(), StandardCharsets.UTF_8);
            assertFalse(all.contains("secret="), all);
        }
    }

    private static void handshake(RawClient client, String target) throws Exception {
        client.request(
                "GET",
                target,
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    }
}
