package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.AgentListener;
import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.server.TunnelServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A tunnel with a host name that was given to it. */
@Timeout(60)
class HostNamesIT {

    private static final String KEY = "k:" + "0123456789abcdef".repeat(4);
    private static final Pattern PAIR =
            Pattern.compile("\"id\":\"(.*?)\",\"secret\":\"(.*?)\",\"public_url\":\"(.*?)\"");

    @TempDir Path folder;

    private static TunnelServer server(Map<String, String> names) {
        return server(0, names);
    }

    private static TunnelServer server(int port, Map<String, String> names) {
        return TunnelServer.builder()
                .host("127.0.0.1")
                .port(port)
                .tunnelKey(KEY)
                .hostNames(names)
                .start();
    }

    /** The members of the answer to a registration that offers what is known. */
    private static Matcher register(TunnelServer server, String body) throws Exception {
        try (Wire client = Wire.to(server.port())) {
            client.head(
                    "POST /register HTTP/1.1",
                    "Host: localhost:" + server.port(),
                    "Content-Type: application/json",
                    "Content-Length: " + body.length());
            String answer = client.send(body).text(client.readAnswer());
            Matcher pair = PAIR.matcher(answer);
            assertTrue(pair.find(), answer);
            return pair;
        }
    }

    @Test
    void theApplicationIsAtTheRootOfItsHost() throws Exception {
        Matcher pair;
        try (TunnelServer before = server(Map.of())) {
            pair = register(before, "");
        }
        RawService.Handler application =
                call -> {
                    String seen =
                            call.head().target() + " " + call.head().all("X-Forwarded-Prefix");
                    call.wire()
                            .head(
                                    "HTTP/1.1 302 Found",
                                    "Location: /next",
                                    "X-Seen: " + seen,
                                    "Content-Length: 0");
                };
        try (RawService local = new RawService(application);
                TunnelServer server = server(Map.of("Shop.example.com", pair.group(1)));
                TunnelAgent agent =
                        TunnelAgent.builder()
                                .server("http://localhost:" + server.port())
                                .local("http://127.0.0.1:" + local.port())
                                .credentials(pair.group(1), pair.group(2))
                                .mode("binary")
                                .start();
                Wire client = Wire.to(server.port())) {
            assertTrue(agent.awaitConnected(Duration.ofSeconds(20)));
            for (String path : new String[] {"/", "/register", "/ws", "/pub/x?"}) {
                client.head("GET " + path + " HTTP/1.1", "Host: shop.example.com:8080");
                Wire.Head answer = client.readAnswer();
                assertEquals(path + " []", answer.first("X-Seen"));
                assertEquals("/next", answer.first("Location"));
            }
            String old =
                    "{\"id\":\"%s\",\"secret\":\"%s\"}".formatted(pair.group(1), pair.group(2));
            Matcher again = register(server, old);
            assertEquals("http://shop.example.com:" + server.port(), again.group(3));
        }
    }

    private TunnelAgent kept(int serverPort, int localPort, AgentListener listener)
            throws Exception {
        return TunnelAgent.builder()
                .server("http://localhost:" + serverPort)
                .local("http://127.0.0.1:" + localPort)
                .credentialsFile(folder.resolve("credentials.json"))
                .listener(listener)
                .start();
    }

    @Test
    void anAgentLearnsOfItWithItsNextLink() throws Exception {
        BlockingQueue<String> changed = new LinkedBlockingQueue<>();
        AgentListener listener =
                new AgentListener() {
                    @Override
                    public void publicUrlChanged(String before, String now) {
                        changed.add(before + " " + now);
                    }
                };
        try (RawService local = new RawService(call -> call.answer(200, "ok"))) {
            TunnelServer first = server(Map.of());
            int port = first.port();
            try (TunnelAgent agent = kept(port, local.port(), listener)) {
                assertTrue(agent.awaitConnected(Duration.ofSeconds(20)));
                String before = agent.publicUrl();
                String id = before.replaceFirst(".*/", "");
                first.close();
                String now = "http://shop.example.com:" + port;
                try (TunnelServer second = server(port, Map.of("shop.example.com", id))) {
                    assertEquals(before + " " + now, changed.poll(20, TimeUnit.SECONDS));
                    assertEquals(now, agent.publicUrl());
                    agent.stop();
                    try (TunnelAgent again = kept(second.port(), local.port(), listener)) {
                        assertTrue(again.awaitConnected(Duration.ofSeconds(20)));
                        assertEquals(now, again.publicUrl());
                    }
                    assertNull(changed.poll(), "it was kept");
                }
            }
        }
    }
}
