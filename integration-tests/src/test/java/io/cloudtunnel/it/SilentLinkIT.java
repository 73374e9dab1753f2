package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.server.TunnelServer;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Real server and agent, and links over which nothing comes any more. */
@EnabledIfSystemProperty(named = "tests.long", matches = "true")
@Tag("alone")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SilentLinkIT {

    /** As long as it needs not to be taken for a slow machine. */
    private static final Duration SILENCE = Duration.ofMillis(1500);

    @TempDir Path folder;

    private final CountDownLatch asked = new CountDownLatch(1);
    private LogLines log;
    private RawService local;
    private TunnelServer server;
    private Switchboard between;
    private TunnelAgent agent;

    @BeforeEach
    void start() throws Exception {
        log = new LogLines();
        local =
                new RawService(call -> {
                    if (call.head().target().equals("/held")) {
                        asked.countDown();
                    }
                    call.body().readAllBytes();
                    call.answer(200, "ok");
                });
        server =
                TunnelServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .bridgeTime(Duration.ofSeconds(40))
                        .limits(Limits.DEFAULT.toBuilder().waitingSilence(SILENCE).build())
                        .start();
        between = new Switchboard(line -> server.port());
    }

    private void agent(int links) throws Exception {
        agent =
                TunnelAgent.builder()
                        .server("http://localhost:" + between.port())
                        .local("http://127.0.0.1:" + local.port())
                        .credentialsFile(folder.resolve("credentials.json"))
                        .links(links)
                        .start();
        assertTrue(agent.awaitConnected(Tunnel.PATIENCE));
        Waiting.until(20, "links", () -> between.connections("GET /ws").size() == links);
        assertEquals("ok", answer(request("/"))); // whose agent has said hello
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
        between.close();
        server.close();
        local.close();
        log.close();
    }

    /** Goes to the youngest link, whatever its load. */
    private Wire request(String path) throws Exception {
        String target = agent.publicUrl().replaceFirst("http://[^/]*", "") + path;
        return Wire.to(server.port())
                .head(
                        "POST " + target + " HTTP/1.1",
                        "Host: localhost",
                        "Transfer-Encoding: chunked")
                .lastChunk();
    }

    private static String answer(Wire client) throws Exception {
        try (client) {
            return client.text(client.readAnswer());
        }
    }

    private Switchboard.Connection link(int which) {
        return between.connections("GET /ws").get(which);
    }

    private Wire holdUp(Switchboard.Connection link) throws Exception {
        link.hold(true);
        Wire held = request("/held");
        assertTrue(asked.await(20, TimeUnit.SECONDS));
        log.await("silence", 20_000, line -> line.contains("is silent"));
        return held;
    }

    @Test
    void theOtherLinkGetsWhatComes() throws Exception {
        agent(2);
        Waiting.until(20, "the second link", () -> log.count(" open") == 2);
        Wire held = holdUp(link(1));
        for (int i = 0; i < 10; i++) {
            assertEquals("ok", answer(request("/" + i)));
        }
        link(1).hold(false);
        assertEquals("ok", answer(held));
        log.await("an answer", 20_000, line -> line.contains("is heard of again"));
        link(0).hold(true);
        assertEquals("ok", answer(request("/")), "it is used again");
    }

    @Test
    void whereItIsTheOnlyOneRequestsWaitForIt() throws Exception {
        agent(1);
        Wire held = holdUp(link(0));
        int before = local.requests();
        Wire late = request("/");
        late.socket().setSoTimeout(500);
        assertThrows(SocketTimeoutException.class, late::readAnswer);
        assertEquals(before, local.requests(), "it has not gone out");
        late.socket().setSoTimeout(20_000);
        link(0).hold(false);
        assertEquals("ok", answer(held));
        assertEquals("ok", answer(late), "it was woken");
        assertEquals(before + 1, local.requests());
    }
}
