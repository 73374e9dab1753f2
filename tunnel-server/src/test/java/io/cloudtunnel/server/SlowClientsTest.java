package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.connection.ClientLimits;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each limit of a public client, reached. The server answers others afterwards. */
@Timeout(60)
class SlowClientsTest {

    private static final Duration SHORT = Duration.ofMillis(500);
    private static final Duration LONG = Duration.ofSeconds(50);

    private static Tunnel withLimits(ClientLimits limits) throws Exception {
        return Tunnel.start(builder -> builder.clientLimits(limits));
    }

    private static ClientLimits limits(Duration idle, Duration head, Duration progress) {
        return new ClientLimits(
                LONG, idle, head, progress, 1024, LONG, LONG, Duration.ofMillis(200));
    }

    @Test
    void aHeadThatTricklesGets408() throws Exception {
        try (Tunnel tunnel = withLimits(limits(LONG, SHORT, LONG));
                RawClient client = new RawClient(tunnel.port())) {
            client.send("GET /pub/x/ HTTP/1.1\r\nHost: a\r\nX-");
            RawClient.Answer answer = client.answer();
            assertEquals(408, answer.status());
            assertTrue(client.closedByServer());
        }
    }

    @Test
    void aBodyThatTricklesGets408() throws Exception {
        try (Tunnel tunnel = withLimits(limits(LONG, LONG, SHORT))) {
            JdkAgent agent =
                    JdkAgent.connect(tunnel.client, tunnel.port(), tunnel.id, tunnel.secret);
            try (agent;
                    RawClient client = new RawClient(tunnel.port())) {
                client.send(
                        "POST "
                                + tunnel.path("/")
                                + " HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n12345");
                RawClient.Answer answer = client.answer();
                assertEquals(408, answer.status());
                assertTrue(client.closedByServer());
                assertEquals(0, agent.waiting(), "nothing was forwarded");
            }
        }
    }

    @Test
    void aReaderThatTakesNothingIsCut() throws Exception {
        ClientLimits limits =
                new ClientLimits(LONG, LONG, LONG, LONG, 1024, LONG, SHORT, Duration.ofMillis(200));
        byte[] large = new byte[16 << 20]; // beyond what the kernel takes
        try (Tunnel tunnel = withLimits(limits);
                LogCapture log = new LogCapture();
                RawClient client = tunnel.raw()) {
            tunnel.agent(request -> request.answer(200, large));
            client.request("GET", tunnel.path("/"));
            assertTrue(log.await("end=cancelled", Duration.ofSeconds(20)), log.text());
            assertThrows(IOException.class, client::answer); // it does not look complete
            assertEquals(0, tunnel.server.budget().usedBytes());
        }
    }

    @Test
    void anIdleConnectionIsClosed() throws Exception {
        try (Tunnel tunnel = withLimits(limits(SHORT, LONG, LONG));
                RawClient client = new RawClient(tunnel.port())) {
            client.send("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
            assertEquals(200, client.answer().status());
            assertTrue(client.closedByServer());
        }
    }
}
