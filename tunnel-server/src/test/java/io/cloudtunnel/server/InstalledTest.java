package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.helidon.webclient.http1.Http1Client;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.testing.junit5.ServerTest;
import io.helidon.webserver.testing.junit5.SetUpServer;
import io.helidon.webserver.websocket.WsRouting;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The tunnel within somebody's own Helidon application, whose routes go on working. */
@ServerTest
class InstalledTest {

    private static final TunnelServer TUNNEL = TunnelServer.builder().build();

    private final Http1Client http;
    private final WebServer server;

    InstalledTest(Http1Client http, WebServer server) {
        this.http = http;
        this.server = server;
    }

    @SetUpServer
    static void server(WebServerConfig.Builder builder) {
        builder.routing(
                HttpRouting.builder()
                        .get("/hello", (request, response) -> response.send("hello"))
                        .get("/pub", (request, response) -> response.send("not a tunnel")));
        builder.addRouting(WsRouting.builder().endpoint("/echo", new Echo()));
        TUNNEL.install(builder);
    }

    @AfterAll
    static void leave() {
        TUNNEL.close();
    }

    /** The application's own WebSocket. */
    private static final class Echo implements WsListener {
        @Override
        public void onMessage(WsSession session, String text, boolean last) {
            session.send("echo " + text, last);
        }
    }

    /** Helidon would stop the listener under requests that the tunnel lets end. */
    @Test
    void aShutdownHookOfHelidonsIsWarnedOf() {
        for (boolean on : new boolean[] {true, false}) {
            try (LogCapture log = new LogCapture();
                    TunnelServer tunnel = TunnelServer.builder().build()) {
                tunnel.install(WebServer.builder().shutdownHook(on));
                assertEquals(on, log.text().contains("shutdownHook(false)"), log::text);
            }
        }
    }

    @Test
    void isHealthy() {
        try (var live = http.get("/health/live").request();
                var ready = http.get("/health/ready").request()) {
            assertEquals(200, live.status().code());
            assertEquals(200, ready.status().code());
            assertEquals("{\"status\":\"UP\"}", ready.as(String.class));
        }
    }

    @Test
    void theApplicationsRoutesWork() {
        assertEquals("hello", http.get("/hello").requestEntity(String.class));
        assertEquals("not a tunnel", http.get("/pub").requestEntity(String.class));
        try (var missing = http.get("/no-such-route").request()) {
            assertEquals(404, missing.status().code());
        }
    }

    @Test
    void registersAndCarriesARequest() throws Exception {
        JsonNode pair =
                new ObjectMapper().readTree(http.post("/register").requestEntity(String.class));
        String id = pair.path("id").asText();
        try (HttpClient client = HttpClient.newHttpClient();
                JdkAgent agent =
                        JdkAgent.connect(
                                client,
                                server.port(),
                                id,
                                pair.path("secret").asText(),
                                request -> request.answer(200, request.body()))) {
            try (var answer = http.post("/pub/" + id + "/x").submit("body")) {
                assertEquals(200, answer.status().code());
                assertEquals("body", answer.as(String.class));
            }
            assertTrue(!agent.isClosed());
        }
        try (var unknown = http.get("/pub/" + "a".repeat(32) + "/").request()) {
            assertEquals(404, unknown.status().code());
        }
    }

    @Test
    void theApplicationsWebSocketWorks() throws Exception {
        CompletableFuture<String> came = new CompletableFuture<>();
        try (HttpClient client = HttpClient.newHttpClient()) {
            WebSocket socket =
                    client.newWebSocketBuilder()
                            .buildAsync(
                                    URI.create("ws://localhost:" + server.port() + "/echo"),
                                    new WebSocket.Listener() {
                                        @Override
                                        public @Nullable CompletionStage<?> onText(
                                                WebSocket from, CharSequence data, boolean last) {
                                            came.complete(data.toString());
                                            return null;
                                        }
                                    })
                            .get(10, TimeUnit.SECONDS);
            socket.sendText("a word", true).join();
            assertEquals("echo a word", came.get(10, TimeUnit.SECONDS));
            socket.abort();
        }
    }
}
