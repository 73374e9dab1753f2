package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Both programs, where not everybody may use a tunnel. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AccessIT {

    private static final String KEY = "one:" + "0123456789abcdef".repeat(2);
    private static final String ANNA =
            "Authorization: Basic "
                    + Base64.getEncoder()
                            .encodeToString("anna:open sesame".getBytes(StandardCharsets.UTF_8));

    @TempDir Path folder;

    private String hash() throws Exception {
        Path password = Files.writeString(folder.resolve("password"), "open sesame\n");
        String jar =
                Path.of("..", "tunnel-agent", "target", "tunnel-agent.jar")
                        .toAbsolutePath()
                        .toString();
        return Programs.run(
                        folder,
                        List.of(
                                "sh",
                                "-c",
                                "'%s' -jar '%s' hash-password < '%s'"
                                        .formatted(Programs.javaOfThisProcess(), jar, password)),
                        Map.of())
                .strip();
    }

    private Programs server(int port, Map<String, String> env) throws Exception {
        return Programs.start(folder, "tunnel-server", env, "--port", Integer.toString(port));
    }

    private Programs agent(int port, RawService local, String yaml) throws Exception {
        Path file = Files.writeString(Files.createTempFile(folder, "agent", ".yaml"), yaml);
        return Programs.agent(folder, Map.of(), port, local.port(), "--config", file.toString());
    }

    private static int status(int port, String target, String... fields) throws Exception {
        try (Wire client = Wire.to(port)) {
            StringBuilder head =
                    new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n");
            for (String field : fields) {
                head.append(field).append("\r\n");
            }
            client.send(head.append("\r\n").toString());
            return client.readAnswer().status();
        }
    }

    /** Asked for all the time, also while there is no agent, and while one comes back. */
    @Test
    void noRestartOfTheServerEverServesWithoutThePolicy() throws Exception {
        AtomicInteger served = new AtomicInteger();
        String yaml = "access:\n  basic:\n    anna: " + hash() + "\n";
        try (RawService local =
                        new RawService(call -> {
                            served.incrementAndGet();
                            call.answer(200, "ok");
                        });
                Programs first = server(0, Map.of("TUNNEL_KEY", KEY))) {
            int port = first.port();
            try (Programs agent = agent(port, local, yaml)) {
                String target = agent.publicPath() + "/";
                assertEquals(401, status(port, target));
                assertEquals(200, status(port, target, ANNA));
                assertEquals(1, served.get());
                AtomicBoolean over = new AtomicBoolean();
                AtomicInteger asked = new AtomicInteger();
                Thread asking = Thread.ofVirtual().start(() -> askUntil(over, port, target, asked));
                first.terminate();
                first.awaitExit();
                try (Programs second = server(port, Map.of("TUNNEL_KEY", KEY))) {
                    second.await("links", l -> l.contains(" open"));
                    assertEquals(200, status(port, target, ANNA));
                    assertEquals(401, status(port, target));
                    over.set(true);
                    asking.join();
                    assertEquals(2, served.get(), "of " + asked + " without a password none");
                    assertTrue(asked.get() > 2, asked + " were asked");
                }
            }
        }
    }

    private static void askUntil(AtomicBoolean over, int port, String target, AtomicInteger asked) {
        while (!over.get()) {
            try {
                int status = status(port, target);
                asked.incrementAndGet();
                assertTrue(status >= 400, "status " + status);
            } catch (Exception e) {
                LockSupport.parkNanos(1_000_000); // nobody listens
            }
        }
    }

    @Test
    void theServersPolicyHoldsBesideTheAgents() throws Exception {
        String hash = hash();
        Map<String, String> env =
                Map.of("TUNNEL_KEY", KEY, "ACCESS_BASIC", "anna:" + hash, "LIMIT_CLIENT_RPS", "1");
        try (RawService local = new RawService(call -> call.answer(200, "ok"));
                Programs server = server(0, env)) {
            int port = server.port();
            try (Programs agent = agent(port, local, "access:\n  allow: [0.0.0.0/0, '::/0']\n")) {
                String target = agent.publicPath() + "/";
                assertEquals(401, status(port, target));
                int served = 0;
                while (served < 100 && status(port, target, ANNA) == 200) {
                    served++;
                }
                assertTrue(served > 0 && served < 30, served + " of a burst of 10");
                assertEquals(429, status(port, target, ANNA));
            }
        }
    }

    /** A policy that the server does not take lets nobody in, and the agent says why. */
    @Test
    void aPolicyThatIsWrongIsToldToWhoWroteIt() throws Exception {
        try (RawService local = new RawService(call -> call.answer(200, "ok"));
                Programs server = server(0, Map.of("TUNNEL_KEY", KEY, "BRIDGE_TIME", "off"))) {
            int port = server.port();
            try (Programs agent = agent(port, local, "access:\n  allow: [127.0.0.1/8]\n")) {
                agent.await("the problem", l -> l.contains("policy: access.allow: '127.0.0.1/8'"));
                String target = agent.publicPath() + "/";
                assertTrue(status(port, target) >= 500);
            }
            try (Programs agent = agent(port, local, "access:\n  alow: [127.0.0.1]\n")) {
                assertEquals(2, agent.awaitExit());
                assertTrue(agent.output().contains("did you mean 'allow'?"), agent.output());
            }
        }
        try (Programs wrong =
                server(0, Map.of("TUNNEL_KEY", KEY, "ACCESS_ALLOW", "192.0.2.1/24"))) {
            assertEquals(2, wrong.awaitExit());
            assertTrue(wrong.output().contains("access.allow: '192.0.2.1/24'"), wrong.output());
        }
    }

    /** JSON mode has no place for a policy, so such an agent would leave its tunnel open. */
    @Test
    void anAgentWithAPolicyRefusesJsonMode() throws Exception {
        try (RawService local = new RawService(call -> call.answer(200, "ok"));
                Programs agent =
                        Programs.start(
                                folder,
                                "tunnel-agent",
                                Map.of("TUNNEL_ACCESS", "{\"allow\":[\"127.0.0.1\"]}"),
                                "--server",
                                "http://localhost:1",
                                "--local",
                                Integer.toString(local.port()),
                                "--mode",
                                "json")) {
            assertEquals(2, agent.awaitExit());
            assertTrue(agent.output().contains("JSON mode cannot carry"), agent.output());
        }
    }
}
