package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Several tunnels of one agent, and what it does with a changed file. */
@DisabledOnOs(OS.WINDOWS) // no SIGHUP there
class TunnelsIT {

    private static final Map<String, String> NOTHING = Map.of();
    private static final String KEY = "0123456789abcdef".repeat(4);
    private static final Pattern ADMIN =
            Pattern.compile("metrics at (http://127[.]0[.]0[.]1:\\d+)");

    @TempDir Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Programs server() throws Exception {
        // A tunnel whose agent has gone is seen at once.
        Map<String, String> settings = Map.of("BRIDGE_TIME", "off", "API_KEYS", "me:" + KEY);
        Programs server = Programs.start(folder, "tunnel-server", settings, "--port", "0");
        server.port();
        return server;
    }

    private Path file(Programs server, String rest) throws Exception {
        return Files.writeString(
                folder.resolve("some.yaml"),
                "server: http://localhost:" + server.port() + "\napi-key: " + KEY + "\n" + rest);
    }

    private Programs agent(Path file, String... more) throws Exception {
        String[] args = new String[more.length + 2];
        args[0] = "--config";
        args[1] = file.toString();
        System.arraycopy(more, 0, args, 2, more.length);
        return Programs.start(folder, "tunnel-agent", NOTHING, args);
    }

    private static String url(Programs agent, String name) throws Exception {
        String before = name + " http://localhost";
        return agent.await("URL of " + name, line -> line.startsWith(before))
                .substring(name.length() + 1);
    }

    private HttpResponse<String> get(String url) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20)).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static Predicate<String> of(String name) {
        return line -> line.contains("[" + name + "] ");
    }

    private void hangUp(Programs agent, String said) throws Exception {
        agent.hangUp();
        agent.await(said, line -> line.contains(said));
    }

    @Test
    void aChangeOfOneLeavesTheOthers() throws Exception {
        try (SlowService slow = new SlowService();
                EchoService first = new EchoService();
                EchoService second = new EchoService();
                Programs server = server()) {
            String kept = "tunnels:\n  kept: {local: " + slow.port() + "}\n";
            Path file = file(server, kept + "  moved: {local: " + first.port() + "}\n");
            try (Programs agent = agent(file, "--admin-port", "0")) {
                String keptUrl = url(agent, "kept");
                String movedUrl = url(agent, "moved");
                assertEquals(200, get(movedUrl).statusCode());
                assertEquals(1, first.requests());

                CompletableFuture<HttpResponse<String>> open =
                        client.sendAsync(
                                HttpRequest.newBuilder(URI.create(keptUrl)).build(),
                                HttpResponse.BodyHandlers.ofString());
                slow.awaitRequest();
                server.await("all links", line -> server.count(l -> l.contains(" open")) >= 4);
                long lines = agent.count(of("kept"));

                // One changes, and one more comes.
                file(
                        server,
                        kept
                                + "  moved: {local: "
                                + second.port()
                                + "}\n  fresh: {local: "
                                + first.port()
                                + "}\n");
                hangUp(agent, "1 started, 1 started anew, 0 removed, 1 untouched");
                String freshUrl = url(agent, "fresh");
                agent.await(
                        "the URL again",
                        line -> 2 == agent.count(l -> l.equals("moved " + movedUrl)));
                assertEquals(200, get(movedUrl).statusCode());
                assertEquals(1, second.requests());
                assertEquals(200, get(freshUrl).statusCode());
                assertEquals(2, first.requests());
                String admin = admin(agent);
                assertMetrics(admin, true);

                // A wrong file changes nothing, whatever else it has.
                file(server, kept + "  moved: {lokal: 1}\n");
                hangUp(agent, "wrong, so everything goes on as it was: unknown key 'lokal'");
                assertEquals(200, get(movedUrl).statusCode());
                assertEquals(200, get(freshUrl).statusCode());

                // One goes.
                file(server, kept + "  moved: {local: " + second.port() + "}\n");
                hangUp(agent, "0 started, 0 started anew, 1 removed, 2 untouched");
                assertEquals(502, get(freshUrl).statusCode());
                assertEquals(200, get(movedUrl).statusCode());
                assertMetrics(admin, false);

                assertEquals(lines, agent.count(of("kept")), agent::output);
                slow.release();
                assertEquals("done", open.get().body());
                agent.terminate();
                assertEquals(143, agent.awaitExit());
            }
        }
    }

    private static String admin(Programs agent) throws Exception {
        Matcher line = ADMIN.matcher(agent.await("admin", l -> ADMIN.matcher(l).find()));
        assertTrue(line.find());
        return line.group(1);
    }

    private void assertMetrics(String admin, boolean fresh) throws Exception {
        String metrics = get(admin + "/metrics").body();
        assertTrue(metrics.contains("cloudtunnel_agent_connected{tunnel=\"kept\"} 1"), metrics);
        assertTrue(metrics.contains("cloudtunnel_agent_connected{tunnel=\"moved\"} 1"), metrics);
        assertEquals(fresh, metrics.contains("tunnel=\"fresh\""), metrics);
        String status = get(admin + "/status.json").body();
        assertTrue(status.contains("\"kept\""), status);
        assertEquals(fresh, status.contains("\"fresh\""), status);
    }

    @Test
    void oneTunnelAloneIsReadAgainToo() throws Exception {
        try (EchoService first = new EchoService();
                EchoService second = new EchoService();
                Programs server = server()) {
            Path file = file(server, "local: " + first.port() + "\n");
            try (Programs agent = agent(file)) {
                String url = agent.publicUrl();
                assertEquals(200, get(url).statusCode());
                hangUp(agent, "0 started, 0 started anew, 0 removed, 1 untouched");
                file(server, "local: " + second.port() + "\n");
                hangUp(agent, "0 started, 1 started anew, 0 removed, 0 untouched");
                agent.await("the URL again", line -> agent.count(url::equals) == 2);
                assertEquals(200, get(url).statusCode());
                assertEquals(1, first.requests());
                assertEquals(1, second.requests());
                file(server, "tunnels: {a: {local: 1}}\n");
                hangUp(agent, "takes a new start");
                assertEquals(200, get(url).statusCode());
            }
        }
    }

    /** The server bridges nothing here, so that a moment without an agent would be seen. */
    @Test
    void aChangeLosesNoRequest() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (RawService local =
                        new RawService(call -> {
                            if (call.head().target().endsWith("/slow")) {
                                released.await();
                            }
                            call.answer(200, "whole");
                        });
                Programs server = server()) {
            String tunnel = "local: " + local.port() + "\n";
            try (Programs agent = agent(file(server, tunnel))) {
                String url = agent.publicUrl();
                CompletableFuture<HttpResponse<String>> slow =
                        client.sendAsync(
                                HttpRequest.newBuilder(URI.create(url + "/slow")).build(),
                                HttpResponse.BodyHandlers.ofString());
                Waiting.until(20, "the slow one", () -> local.requests() == 1);
                file(server, tunnel + "response-timeout: 40s\n");
                agent.hangUp();
                while (agent.count(url::equals) < 2) {
                    assertEquals("whole", get(url).body());
                }
                for (int i = 0; i < 100; i++) {
                    assertEquals("whole", get(url).body());
                }
                released.countDown();
                assertEquals("whole", slow.get().body());
                agent.await("the end of it", line -> line.contains("1 started anew"));
                assertEquals("whole", get(url).body());
            }
        }
    }

    @Test
    void aPortGoesFromOneTunnelToAnother() throws Exception {
        try (EchoService local = new EchoService();
                Programs server = server()) {
            int port;
            try (ServerSocket free = new ServerSocket(0)) {
                port = free.getLocalPort();
            }
            String options = "{local: " + local.port() + ", inspect: " + port + "}\n";
            String other = "  plain: {local: " + local.port() + "}\n";
            Path file = file(server, "tunnels:\n  shop: " + options + other);
            // Of those that have a page.
            Map<String, String> token = Map.of("TUNNEL_INSPECT_TOKEN", KEY);
            try (Programs agent =
                    Programs.start(folder, "tunnel-agent", token, "--config", file.toString())) {
                url(agent, "shop");
                file(server, "tunnels:\n  store: " + options + other);
                hangUp(agent, "1 started, 0 started anew, 1 removed, 1 untouched");
                assertEquals(200, get(url(agent, "store")).statusCode());
                assertEquals(401, get("http://127.0.0.1:" + port + "/requests").statusCode());
            }
        }
    }

    @Test
    void whoIsRefusedIsAlone() throws Exception {
        try (EchoService local = new EchoService();
                Programs server = server()) {
            String bad = "tunnels:\n  bad: {local: 1, api-key: hunter2}\n";
            Path file = file(server, bad + "  good: {local: " + local.port() + "}\n");
            try (Programs agent = agent(file)) {
                agent.await("the end", of("bad").and(line -> line.contains("gives up")));
                assertEquals(200, get(url(agent, "good")).statusCode());
                file(server, bad);
                agent.hangUp();
                assertEquals(1, agent.awaitExit());
                agent.await("why", line -> line.startsWith("tunnel-agent: tunnel 'bad': "));
                assertFalse(agent.output().contains("hunter2"), agent::output);
            }
        }
    }

    @Test
    void withoutAFileTheSignalEndsIt() throws Exception {
        try (EchoService local = new EchoService();
                Programs server = server();
                Programs agent =
                        Programs.agent(
                                folder, NOTHING, server.port(), local.port(), "--api-key", KEY)) {
            agent.publicUrl();
            agent.hangUp();
            assertEquals(129, agent.awaitExit());
        }
    }
}
