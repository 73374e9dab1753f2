package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Settings;
import io.cloudtunnel.server.relay.MemoryEngine;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One server for the public and one for agents, joined by a broker. */
class RolesTest {

    private static final String KEY = "k:" + "0123456789abcdef".repeat(4);
    private static final String URL = "https://public.example.com";

    private final MemoryEngine memory = new MemoryEngine();

    private Tunnel agents() throws Exception {
        return Tunnel.start(b ->
                b.role("agents")
                        .publicBaseUrl(URI.create(URL))
                        .tunnelKey(KEY)
                        .engine(memory::engine));
    }

    private TunnelServer served() {
        return TunnelServer.builder()
                .host("127.0.0.1")
                .port(0)
                .role("public")
                .tunnelKey(KEY)
                .engine(memory::engine)
                .start();
    }

    private static RawClient.Answer ask(int port, String method, String path, String... lines)
            throws Exception {
        try (RawClient client = new RawClient(port)) {
            return client.request(method, path, lines).answer(true);
        }
    }

    private static RawClient.Answer probe(int port, Tunnel of) throws Exception {
        return ask(
                port,
                "GET",
                of.path("/"),
                "Cloudtunnel-Probe: 1",
                "X-Tunnel-Id: " + of.id,
                "Authorization: Bearer " + of.secret);
    }

    @Test
    void thePublicIsServedByTheOneAndNotByTheOther() throws Exception {
        try (Tunnel agents = agents();
                TunnelServer served = served()) {
            agents.agent(request -> request.answer(200, request.body()));
            assertEquals(URL + "/pub/" + agents.id, agents.publicUrl);
            RelayTest.awaitReady(served.port());
            RawClient.Answer answer = ask(served.port(), "GET", agents.path("/"));
            assertEquals(200, answer.status(), answer::text);
            for (String path : new String[] {agents.path("/"), agents.path(""), "/pub/x/y"}) {
                RawClient.Answer refused = ask(agents.port(), "GET", path);
                assertEquals(421, refused.status(), path);
                assertEquals("wrong-role", refused.first("Cloudtunnel-Error"));
                assertTrue(refused.text().contains("'agents'"), path);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"POST, /register", "GET, /register", "GET, /ws", "POST, /ws"})
    void agentsAreRefusedByThePublicOneForNow(String method, String path) throws Exception {
        try (TunnelServer served = served()) {
            for (String upgrade : new String[] {"X-None: 1", "Upgrade: websocket"}) {
                RawClient.Answer refused =
                        ask(
                                served.port(),
                                method,
                                path,
                                "Content-Length: 0",
                                "Connection: Upgrade",
                                upgrade,
                                "Sec-WebSocket-Version: 13",
                                "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==");
                assertEquals(503, refused.status());
                assertEquals("wrong-role", refused.first("Cloudtunnel-Error"));
                assertEquals("30", refused.first("Retry-After"));
                assertTrue(refused.text().contains("'public'"));
            }
        }
    }

    /** Else an agent would dial in vain for an instance that takes no links. */
    @Test
    void aProbeNamesAnInstanceOnlyWhereAgentsCanGo() throws Exception {
        try (Tunnel agents = agents();
                TunnelServer served = served()) {
            agents.agent(request -> request.answer(200, request.body()));
            RelayTest.awaitReady(served.port());
            RawClient.Answer here = probe(agents.port(), agents);
            assertEquals(204, here.status());
            assertEquals("1", here.first("Cloudtunnel-Links"));
            assertTrue(!here.first("Cloudtunnel-Instance").isEmpty());
            assertEquals(200, ask(served.port(), "GET", agents.path("/")).status());
            RawClient.Answer there = probe(served.port(), agents);
            assertEquals(204, there.status());
            assertEquals("1", there.first("Cloudtunnel-Links"), "by way of the other one");
            assertEquals("", there.first("Cloudtunnel-Instance"));
            assertEquals("", there.first("Cloudtunnel-Started"));
        }
    }

    @ParameterizedTest
    @CsvSource({"public, REDIS_URL", "agents, REDIS_URL", "other, 'all, public or agents'"})
    void aRoleSaysWhatItNeeds(String role, String needed) {
        String message = refusal(Map.of("role", role));
        assertTrue(message.contains(needed), message);
    }

    @Test
    void agentsHaveToBeToldWhereThePublicIs() {
        String redis = "redis://127.0.0.1:1";
        String message = refusal(Map.of("role", "agents", "redis-url", redis, "tunnel-key", KEY));
        assertTrue(message.contains("PUBLIC_BASE_URL"), message);
    }

    private static String refusal(Map<String, String> settings) {
        Settings given = Settings.of(ServerOptions.ALL, settings);
        TunnelServerBuilder builder = TunnelServer.builder();
        return String.valueOf(
                assertThrows(SettingException.class, () -> builder.settings(given)).getMessage());
    }
}
