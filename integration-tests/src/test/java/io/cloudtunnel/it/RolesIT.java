package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.relay.servers.Installed;
import io.cloudtunnel.server.relay.servers.RedisServer;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three processes: a server for the public, one for agents, and an agent; joined by a real Redis.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RolesIT {

    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final int MORE_THAN_HTTP1_MAY = 33 * 1024 * 1024; // on Cloud Run
    private static final int A_BURST = 8; // after which an agent probes at once

    @TempDir private static Path folder;

    private static final AtomicInteger PUBLIC_PORT = new AtomicInteger();
    private static RedisServer redis;
    private static RawService local;
    private static Switchboard front;
    private static Programs agents;
    private static Programs served;
    private static Programs agent;
    private static String url;

    /** The public one last, so that it is later than all that the agent has links to. */
    @BeforeAll
    static void start() throws Exception {
        redis = new RedisServer();
        local = new RawService(new Bodies());
        front = new Switchboard(line -> PUBLIC_PORT.get());
        agents = server("agents", "PUBLIC_BASE_URL", "http://localhost:" + front.port());
        int port = agents.port();
        served = server("public", "HTTP2", "true");
        PUBLIC_PORT.set(served.port());
        Waiting.until(15, "ready", () -> Tunnel.isReady(port) && isPublicReady());
        agent = agent(port, "a");
        url = agent.publicUrl();
    }

    private static boolean isPublicReady() {
        return Tunnel.isReady(PUBLIC_PORT.get());
    }

    private static Programs server(String role, String name, String value) throws Exception {
        Map<String, String> env =
                Map.of("ROLE", role, "REDIS_URL", redis.url(), "TUNNEL_KEY", KEY, name, value);
        return Programs.start(
                folder, "tunnel-server", env, "--port", "0", "--registration", "open");
    }

    private static Programs agent(int port, String name) throws Exception {
        return Programs.agent(folder, Map.of(), port, local.port(), "--name", name);
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable each :
                new AutoCloseable[] {agent, served, agents, front, local, redis}) {
            if (each != null) {
                each.close();
            }
        }
    }

    private static String curl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Installed.need("curl"), "-sS"));
        command.addAll(List.of(arguments));
        return Programs.run(folder, command, Map.of());
    }

    @Test
    void theUrlOfTheAgentIsThePublicOnes() throws Exception {
        assertTrue(url.startsWith("http://localhost:" + front.port() + "/pub/"), url);
        assertTrue(curl("-i", url + "/x").startsWith("HTTP/1.1 200"));
    }

    /** Bodies of more than a request of HTTP/1.1 may have there, through the public one. */
    @Test
    void largeBodiesPassInHttp2() throws Exception {
        Path file = folder.resolve("file");
        try (OutputStream out = Files.newOutputStream(file)) {
            Content.write(MORE_THAN_HTTP1_MAY, (bytes, count) -> out.write(bytes, 0, count));
        }
        String seen =
                "x-seen: " + MORE_THAN_HTTP1_MAY + " " + Content.of(MORE_THAN_HTTP1_MAY).hash();
        String answer = curl("--http2-prior-knowledge", "-i", "-T", file.toString(), url + "/sink");
        assertTrue(answer.startsWith("HTTP/2 200"), answer);
        assertTrue(answer.contains(seen), answer);
        Path got = folder.resolve("got");
        curl(
                "--http2-prior-knowledge",
                "-o",
                got.toString(),
                url + "/down/length/" + MORE_THAN_HTTP1_MAY);
        assertEquals(-1, Files.mismatch(file, got));
    }

    /** Its probes reach the public one, which started later; but it takes no links. */
    @Test
    void theAgentDialsNotForThePublicOne() throws Exception {
        for (int i = 0; i < 2; i++) { // who asks again has judged the answer before
            int before = probes();
            String[] burst = new String[A_BURST];
            Arrays.fill(burst, url + "/x");
            curl(burst);
            Waiting.until(15, "a probe", () -> probes() > before);
        }
        assertFalse(agent.output().contains("dialling at once"), agent::output);
        assertFalse(agent.output().contains("SEVERAL INSTANCES"), agent::output);
    }

    /** An agent's connections of HTTP/1.1, each for one question. */
    private static int probes() {
        return front.connections("GET /pub/" + url.substring(url.lastIndexOf('/') + 1) + "/ ")
                .size();
    }

    @Test
    void whoComesToTheWrongOneIsTold() throws Exception {
        String refused = curl("-i", url.replace("" + front.port(), "" + agents.port()) + "/x");
        assertTrue(refused.startsWith("HTTP/1.1 421 Misdirected Request"), refused);
        assertTrue(refused.contains("this server has the role 'agents'"), refused);
        try (Programs lost = agent(PUBLIC_PORT.get(), "lost")) {
            lost.await("the reason", line -> line.contains("this server has the role 'public'"));
            assertFalse(lost.hasExited(1, TimeUnit.SECONDS), "it tries again");
        }
    }

    @Test
    void aRoleWithoutWhatItNeedsDoesNotStart() throws Exception {
        Map<String, String> env = Map.of("ROLE", "public");
        try (Programs server = Programs.start(folder, "tunnel-server", env, "--port", "0")) {
            assertEquals(2, server.awaitExit());
            assertTrue(server.output().contains("needs REDIS_URL"), server::output);
        }
    }
}
