package io.cloudtunnel.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.AgentListener;
import io.cloudtunnel.agent.AgentState;
import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.program.SettingException;
import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples, run: one is the server of the other. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExamplesTest {

    @TempDir private Path folder;

    private final List<AgentState> states = new CopyOnWriteArrayList<>();
    private final List<String> urls = new CopyOnWriteArrayList<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final EmbeddedServer server = new EmbeddedServer(config(Map.of()));
    private EmbeddedAgent agent;
    private String url;

    private static Config config(Map<String, String> tunnel) {
        Map<String, String> all = new HashMap<>(Map.of("server.port", "0"));
        tunnel.forEach((key, value) -> all.put("tunnel." + key, value));
        return Config.just(ConfigSources.create(all));
    }

    @BeforeEach
    void start() throws Exception {
        AgentListener listener =
                new AgentListener() {
                    @Override
                    public void stateChanged(AgentState state, String detail) {
                        states.add(state);
                    }

                    @Override
                    public void publicUrl(String known) {
                        urls.add(known);
                    }
                };
        agent =
                new EmbeddedAgent(
                        "http://localhost:" + server.port(), folder.resolve("c.json"), listener);
        assertTrue(agent.agent().awaitConnected(Duration.ofSeconds(20)), agent.agent()::failure);
        url = Objects.requireNonNull(agent.agent().publicUrl());
    }

    @AfterEach
    void stop() {
        agent.close();
        server.close();
    }

    private HttpResponse<String> get(String at) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(at)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** What stands under {@code tunnel:} has the names and the checks of the program's file. */
    @Test
    void theConfigurationOfTheApplicationHasTheOptions() throws Exception {
        try (EmbeddedServer closed =
                new EmbeddedServer(
                        config(
                                Map.of(
                                        "registration",
                                        "keys",
                                        "api-keys",
                                        "me:0123456789abcdef")))) {
            HttpRequest register =
                    HttpRequest.newBuilder(
                                    URI.create("http://localhost:" + closed.port() + "/register"))
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build();
            var answer = client.send(register, HttpResponse.BodyHandlers.ofString());
            assertEquals(
                    "bad-api-key", answer.headers().firstValue("Cloudtunnel-Error").orElse(""));
        }
        Config wrong = config(Map.of("bridge-tine", "5s"));
        var e = assertThrows(SettingException.class, () -> new EmbeddedServer(wrong));
        assertTrue(String.valueOf(e.getMessage()).contains("'bridge-time'"), e.toString());
    }

    /** What the file has not, such as a handler for the local service, the program gives. */
    @Test
    void anAgentsOptionsNeedNotBeAll() throws Exception {
        try (TunnelAgent other =
                TunnelAgent.builder()
                        .options(Map.of("server", "http://localhost:" + server.port()))
                        .credentialsFile(folder.resolve("other.json"))
                        .local(call -> call.answer(200, "text/plain", new byte[0]))
                        .start()) {
            assertTrue(other.awaitConnected(Duration.ofSeconds(20)), other::failure);
            assertEquals(200, get(other.publicUrl() + "/").statusCode());
        }
    }

    @Test
    void theApplicationsRoutesAreBesideTheTunnel() throws Exception {
        String base = "http://localhost:" + server.port();
        assertEquals("Hello from the application.", get(base + "/hello").body());
        assertEquals("Hello from within.\n", get(url + "/hello").body());
        assertEquals(404, get(url + "/other").statusCode());
    }

    @Test
    void bodiesAreStreamedThroughTheHandler() throws Exception {
        try (Socket connection = new Socket("localhost", server.port())) {
            send(
                    connection,
                    "POST "
                            + URI.create(url).getPath()
                            + "/echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
            StringBuilder answer = new StringBuilder();
            InputStream in = connection.getInputStream();
            while (answer.indexOf("first") < 0) { // while the request still goes on
                int next = in.read();
                assertTrue(next >= 0, answer::toString);
                answer.append((char) next);
            }
            assertTrue(answer.toString().startsWith("HTTP/1.1 200 "), answer::toString);
            send(connection, "6\r\nsecond\r\n0\r\n\r\n");
            String rest = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(rest.contains("second") && rest.endsWith("\r\n0\r\n\r\n"), rest);
        }
    }

    private static void send(Socket to, String text) throws IOException {
        to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void theListenerIsTold() {
        agent.close();
        assertEquals(List.of(url), urls);
        assertTrue(states.contains(AgentState.CONNECTED), states::toString);
        assertEquals(AgentState.STOPPED, states.getLast());
    }
}
