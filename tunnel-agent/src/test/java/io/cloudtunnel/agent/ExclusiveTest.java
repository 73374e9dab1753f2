package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.fake.BinaryLinks;
import io.cloudtunnel.agent.fake.RawTunnel;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent that wants its tunnel for itself, against a server that a test scripts. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExclusiveTest {

    @TempDir private Path directory;
    private final BinaryLinks links = new BinaryLinks();
    private final TestPace pace = new TestPace(100);

    private TunnelAgent agent(RawTunnel server, String exclusive) throws Exception {
        return TunnelAgent.builder()
                .options(
                        Map.of(
                                "server",
                                "http://127.0.0.1:" + server.port(),
                                "local",
                                "1",
                                "exclusive",
                                exclusive))
                .credentialsFile(directory.resolve("c.json"))
                .environment(Map.of())
                .links(1)
                .pace(pace)
                .start();
    }

    private RawTunnel server() throws Exception {
        return new RawTunnel(
                (attempt, request) ->
                        request.answer(
                                200,
                                "{\"id\":\"i\",\"secret\":\"s\",\"public_url\":\"http://public/i\"}",
                                "Cloudtunnel-Protocols: cloudtunnel.v1"),
                links);
    }

    @Test
    void itSaysSoUntilItIsReplaced() throws Exception {
        try (RawTunnel server = server();
                TunnelAgent agent = agent(server, "true")) {
            BinaryLinks.Link first = links.next();
            assertTrue(first.hello().exclusive());
            first.cut();
            BinaryLinks.Link second = links.next();
            assertTrue(second.hello().exclusive());
            assertEquals(1, pace.waits().size());
            second.send(new Frame.Leaving(0, Reason.REPLACED, ""));
            second.close(4001);
            BinaryLinks.Link third = links.next();
            assertFalse(third.hello().exclusive(), "else the two replace each other for ever");
            assertEquals(TimeUnit.SECONDS.toNanos(30), pace.waits().getLast());
            assertTrue(agent.awaitConnected(Duration.ofSeconds(20)));
        }
    }

    @Test
    void otherwiseItDoesNot() throws Exception {
        try (RawTunnel server = server();
                TunnelAgent agent = agent(server, "false")) {
            assertFalse(links.next().hello().exclusive());
            assertTrue(agent.awaitConnected(Duration.ofSeconds(20)));
        }
        assertEquals(List.of(), pace.waits());
    }
}
