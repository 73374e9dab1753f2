package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.fake.BinaryLinks;
import io.cloudtunnel.agent.fake.RawTunnel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent whose tunnel is not for everybody, against a server that a test scripts. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PolicyTest {

    private static final String POLICY = "{\"allow\":[\"192.0.2.0/24\"]}";

    @TempDir private Path directory;
    private final BinaryLinks links = new BinaryLinks();

    private TunnelAgentBuilder agent(int port) {
        return TunnelAgent.builder()
                .options(Map.of("server", "http://127.0.0.1:" + port, "local", "1"))
                .access(POLICY)
                .credentialsFile(directory.resolve("c.json"))
                .environment(Map.of())
                .links(1)
                .pace(new TestPace(100));
    }

    private static RawTunnel server(RawTunnel.Answer links) throws Exception {
        return new RawTunnel(
                (attempt, request) ->
                        request.answer(
                                200,
                                "{\"id\":\"i\",\"secret\":\"s\",\"public_url\":\"http://public/i\"}",
                                "Cloudtunnel-Protocols: cloudtunnel.v1"),
                links);
    }

    @Test
    void eachHelloSaysThePolicy() throws Exception {
        links.with("Cloudtunnel-Access: policy");
        try (RawTunnel server = server(links);
                TunnelAgent agent = agent(server.port()).start()) {
            BinaryLinks.Link first = links.next();
            assertEquals(POLICY, first.hello().policy());
            first.cut();
            assertEquals(POLICY, links.next().hello().policy());
            assertNotEquals(AgentState.FAILED, agent.state());
        }
    }

    /** It would let everybody in. */
    @Test
    void aServerThatHeedsNoPoliciesGetsNoHello() throws Exception {
        CountDownLatch dialled = new CountDownLatch(3);
        try (RawTunnel server =
                        server((attempt, request) -> {
                            dialled.countDown();
                            links.run(attempt, request);
                        });
                TunnelAgent agent = agent(server.port()).start()) {
            assertTrue(dialled.await(20, TimeUnit.SECONDS), "it tries again");
            assertFalse(links.hasMore(), "and says hello to none");
            assertNotEquals(AgentState.FAILED, agent.state());
        }
    }

    /** Its operator may want a token, which is another one each time. */
    @Test
    void eachHandshakeShowsTheTokenThatIsInTheFile() throws Exception {
        Path file = Files.writeString(directory.resolve("token"), "one.two.three\n");
        BlockingQueue<String> shown = new LinkedBlockingQueue<>();
        try (RawTunnel server =
                        server((attempt, request) -> {
                            if (attempt == 1) {
                                Files.writeString(file, "four.five.six");
                            }
                            request.head()
                                    .lines()
                                    .filter(line -> line.startsWith("Cloudtunnel-Authorization:"))
                                    .forEach(shown::add);
                            links.run(attempt, request);
                        });
                TunnelAgent agent = agent(server.port()).tokenFile(file).start()) {
            assertEquals(
                    "Cloudtunnel-Authorization: Bearer one.two.three",
                    shown.poll(20, TimeUnit.SECONDS));
            assertEquals(
                    "Cloudtunnel-Authorization: Bearer four.five.six",
                    shown.poll(20, TimeUnit.SECONDS));
            assertNotEquals(AgentState.FAILED, agent.state());
        }
    }

    @Test
    void jsonModeIsRefusedAtTheStart() {
        TunnelAgentBuilder json = agent(1).mode("json");
        assertThrows(IllegalArgumentException.class, json::start);
        for (String wrong :
                new String[] {
                    "", "[]", "{", "{}{}", "\"x\"", "{\"alow\":1}", "{\"jwt\":{\"key\":1}}"
                }) {
            assertThrows(IllegalArgumentException.class, () -> json.access(wrong), wrong);
        }
    }
}
