package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.fake.BinaryLinks;
import io.cloudtunnel.agent.fake.RawTunnel;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.RequestHead;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where many requests pause, the agent does not wait for the next probe. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PauseTest {

    private static final String[] OLD = {"Cloudtunnel-Instance: old", "Cloudtunnel-Started: 1000"};
    private static final String[] YOUNG = {
        "Cloudtunnel-Instance: young", "Cloudtunnel-Started: 2000"
    };

    @TempDir private Path directory;
    private final BinaryLinks links = new BinaryLinks().with(OLD);
    private final AtomicInteger probes = new AtomicInteger();
    private final TestPace pace = new TestPace(100);

    private void dial(int attempt, RawTunnel.Request request) throws Exception {
        if (request.has("Cloudtunnel-Probe: 1")) {
            probes.incrementAndGet();
            links.with(YOUNG);
            request.answer(204, "", YOUNG[0], YOUNG[1], "Cloudtunnel-Links: 0");
        } else {
            links.run(attempt, request);
        }
    }

    private static void register(int attempt, RawTunnel.Request request) throws Exception {
        String host = request.head().replaceAll("(?is).*\nhost: (\\S+).*", "$1");
        request.answer(
                200,
                "{\"id\":\"i\",\"secret\":\"s\",\"public_url\":\"http://%s/pub/i\"}"
                        .formatted(host),
                "Cloudtunnel-Protocols: cloudtunnel.v1");
    }

    private TunnelAgent agent(RawTunnel server) throws Exception {
        return TunnelAgent.builder()
                .links(1)
                .server("http://127.0.0.1:" + server.port())
                .local("http://127.0.0.1:1")
                .credentialsFile(directory.resolve("c.json"))
                .environment(Map.of())
                .pace(pace)
                .start();
    }

    private static void requests(BinaryLinks.Link link, int count) throws Exception {
        var head = RequestHead.of("GET", "/", Fields.builder().add("Host", "x").build());
        for (int i = 1; i <= count; i++) {
            link.send(new Frame.Req(i, 1 << 18, head, true, false));
            assertTrue(link.frame() instanceof Frame.Refused, "there is no local service");
        }
    }

    @Test
    void theyMayHaveGoneToAnotherInstance() throws Exception {
        try (RawTunnel server = new RawTunnel(PauseTest::register, this::dial);
                TunnelAgent agent = agent(server)) {
            BinaryLinks.Link old = links.next();
            requests(old, Traffic.OFTEN + 1);
            pace.advance(Traffic.PAUSE);
            assertFalse(links.next().hasEnded(), "it has dialled at once");
            assertFalse(old.hasEnded(), "the public may come back");
            assertEquals(1, probes.get());
            assertEquals(List.of(), pace.waits());
            assertEquals(AgentState.CONNECTED, agent.state());
        }
    }
}
