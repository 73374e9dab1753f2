package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Settings;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.server.agents.LinkLifetime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Links whose lifetime ends. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LinkLifetimeTest {

    private static final byte[] OK = "ok".getBytes(StandardCharsets.US_ASCII);

    private static Tunnel tunnel(long seconds) throws Exception {
        return Tunnel.start(b -> b.linkLifetime(Duration.ofSeconds(seconds)));
    }

    @Test
    void aBinaryLinkGetsNothingNewThenIsResetThenClosed() throws Exception {
        try (Tunnel tunnel = tunnel(3);
                BinaryAgent agent = new BinaryAgent(tunnel, "a", false);
                RawClient open = tunnel.raw()) {
            long began = System.nanoTime();
            open.request("POST", tunnel.path("/open"), "Content-Length: 0");
            agent.next(Frame.Req.class);
            while (tunnel.server.links().usable(tunnel.id) != 0) {
                assertTrue(System.nanoTime() - began < 5_000_000_000L, "it is used for ever");
                Thread.onSpinWait();
            }
            assertTrue(System.nanoTime() - began > 1_500_000_000L, "too early");
            Frame.Leaving leaving = agent.next(Frame.Leaving.class);
            assertEquals(Reason.LINK_EXPIRED, leaving.reason());
            assertEquals(250, leaving.millis());
            try (RawClient late = tunnel.raw()) {
                late.request("GET", tunnel.path("/late"));
                assertEquals("agent-not-connected", late.answer().first("Cloudtunnel-Error"));
            }
            assertEquals(Reason.LINK_EXPIRED, agent.next(Frame.Reset.class).reason());
            assertEquals("outcome-unknown", open.answer().first("Cloudtunnel-Error"));
            assertEquals(1001, agent.awaitClose().code());
            long millis = (System.nanoTime() - began) / 1_000_000;
            assertTrue(millis < 3_000, millis + " ms");
        }
    }

    @Test
    void aJsonLinkWaitsForItsAnswersAndCloses() throws Exception {
        try (Tunnel tunnel = tunnel(4);
                RawClient open = tunnel.raw()) {
            JdkAgent agent = tunnel.agent();
            open.request("GET", tunnel.path("/open"));
            JsonNode request = agent.next();
            while (tunnel.server.links().usable(tunnel.id) != 0) {
                Thread.onSpinWait();
            }
            assertFalse(agent.isClosed());
            agent.answer(request, 200, "{}", OK);
            assertEquals(200, open.answer().status());
            assertEquals(1001, agent.awaitClose().code());
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "290, 290"})
    void the101SaysIt(long seconds, String said) throws Exception {
        try (Tunnel tunnel = tunnel(seconds);
                RawClient client = tunnel.raw()) {
            client.request(
                    "GET",
                    "/ws?id=" + tunnel.id + "&secret=" + tunnel.secret,
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
            RawClient.Answer answer = client.answer();
            assertEquals(101, answer.status());
            assertEquals(said, answer.first("Cloudtunnel-Link-Lifetime"));
            String url = answer.first("Cloudtunnel-Public-Url");
            assertTrue(url.startsWith("http://localhost"), url);
            assertTrue(url.endsWith("/pub/" + tunnel.id), url);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1s", "1500ms", "soon"})
    void wrongValues(String value) {
        assertThrows(
                SettingException.class,
                () ->
                        TunnelServer.builder()
                                .settings(
                                        Settings.of(
                                                ServerOptions.ALL,
                                                Map.of("link-lifetime", value))));
    }

    @Test
    void theWordAutoKeepsTheDefault() {
        Settings auto = Settings.of(ServerOptions.ALL, Map.of("link-lifetime", "auto"));
        TunnelServer server =
                TunnelServer.builder().cloudRunService("s").settings(auto).host("x").build();
        assertEquals(Duration.ofSeconds(290), server.linkLifetime());
        server.close();
        TunnelServer elsewhere = TunnelServer.builder().settings(auto).build();
        assertEquals(LinkLifetime.UNLIMITED.total(), elsewhere.linkLifetime());
        elsewhere.close();
    }
}
