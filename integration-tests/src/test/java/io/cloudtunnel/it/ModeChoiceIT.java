package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.server.TunnelServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which mode a link is in, with peers of all kinds. Chunked answers tell the modes apart. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ModeChoiceIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"auto, chunked", "binary, chunked", "json, 20000"})
    void ourAgentWithOurServer(String mode, String framing) throws Exception {
        try (Rig rig = Rig.start(folder, mode, new Bodies());
                Wire client = rig.get("/down/chunked/20000")) {
            assertEquals(framing, client.readAnswer().framing());
        }
    }

    /** The published protocol alone: credentials in the query, one text message for each. */
    @Test
    void anAgentOfThePublishedProtocolWithOurServer() throws Exception {
        try (TunnelServer server = TunnelServer.builder().host("127.0.0.1").port(0).start();
                HttpClient http = HttpClient.newHttpClient()) {
            String base = "localhost:" + server.port();
            JsonNode tunnel = JSON.readTree(post(http, "http://" + base + "/register"));
            String id = tunnel.path("id").asText();
            String query = "?id=" + id + "&secret=" + tunnel.path("secret").asText();
            WebSocket socket =
                    http.newWebSocketBuilder()
                            .buildAsync(URI.create("ws://" + base + "/ws" + query), new Echo())
                            .get(10, TimeUnit.SECONDS);
            assertEquals("", socket.getSubprotocol());
            assertEquals("/x", post(http, "http://" + base + "/pub/" + id + "/x"));
            socket.abort();
        }
    }

    private static String post(HttpClient http, String url) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .timeout(Duration.ofSeconds(10))
                        .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    /** Answers with the path that it was asked for. */
    private static final class Echo implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                try {
                    JsonNode request = JSON.readTree(text.toString());
                    String path = request.path("path").asText();
                    String body =
                            Base64.getEncoder()
                                    .encodeToString(path.getBytes(StandardCharsets.UTF_8));
                    return socket.sendText(
                                    "{\"type\":\"resp\",\"req_id\":%s,\"status\":200,\"headers\":{},\"body\":\"%s\"}"
                                            .formatted(request.path("req_id"), body),
                                    true)
                            .thenAccept(sent -> sent.request(1));
                } catch (java.io.IOException e) {
                    throw new IllegalStateException(e);
                }
            }
            socket.request(1);
            return null;
        }
    }

    /** As the second agent of a tunnel has it. */
    @Test
    void anAgentThatWasGivenItsPairFindsOutThatTheServerIsOurs() throws Exception {
        try (TunnelServer server = TunnelServer.builder().host("127.0.0.1").port(0).start();
                RawService local = new RawService(new Bodies());
                HttpClient http = HttpClient.newHttpClient()) {
            String base = "http://localhost:" + server.port();
            JsonNode tunnel = JSON.readTree(post(http, base + "/register"));
            String id = tunnel.path("id").asText();
            try (TunnelAgent agent =
                            TunnelAgent.builder()
                                    .server(base)
                                    .local(Integer.toString(local.port()))
                                    .credentials(id, tunnel.path("secret").asText())
                                    .start();
                    Wire client = Wire.to(server.port())) {
                assertTrue(agent.awaitConnected(PATIENCE));
                client.send(
                        "GET /pub/"
                                + id
                                + "/down/chunked/20000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertEquals("chunked", client.readAnswer().framing());
            }
        }
    }

    /** Also once its first link has brought the public URL, and after one was lost. */
    @Test
    void allLinksOfAGivenPairSpeakBinary() throws Exception {
        try (TunnelServer server = TunnelServer.builder().host("127.0.0.1").port(0).start();
                Switchboard between = new Switchboard(line -> server.port());
                RawService local = new RawService(new Bodies());
                HttpClient http = HttpClient.newHttpClient()) {
            JsonNode tunnel =
                    JSON.readTree(post(http, "http://localhost:" + server.port() + "/register"));
            try (TunnelAgent agent =
                    TunnelAgent.builder()
                            .server("http://localhost:" + between.port())
                            .local(Integer.toString(local.port()))
                            .credentials(tunnel.path("id").asText(), tunnel.path("secret").asText())
                            .links(2)
                            .start()) {
                assertTrue(agent.awaitConnected(PATIENCE));
                awaitBinaryLinks(between, 2);
                between.connections("GET /ws").getFirst().cut();
                awaitBinaryLinks(between, 3);
            }
        }
    }

    private static void awaitBinaryLinks(Switchboard between, int count) throws Exception {
        Waiting.until(20, "links", () -> between.connections("GET /ws").size() == count);
        assertEquals(
                count,
                between.connections("GET /ws HTTP/1.1").size(),
                "an agent that asks with its secret in the query takes it for another's server");
    }

    private TunnelAgent agent(PublishedServer server, RawService local, String mode)
            throws Exception {
        return TunnelAgent.builder()
                .server("http://localhost:" + server.port())
                .local(Integer.toString(local.port()))
                .credentialsFile(folder.resolve("credentials.json"))
                .mode(mode)
                .start();
    }

    @Test
    void aServerThatEchoesAnySubprotocolAndSpeaksJson() throws Exception {
        try (RawService local = new RawService(new Bodies());
                PublishedServer server = new PublishedServer(true, 101, true);
                TunnelAgent agent = agent(server, local, "auto")) {
            assertTrue(agent.awaitConnected(PATIENCE));
            assertTrue(server.awaitHandshake().contains("cloudtunnel.v1"), "it was offered");
            assertEquals(200, server.awaitAnswer().path("status").asInt());
        }
    }

    @Test
    void nothingIsOfferedToAServerThatDoesNotSayWhatItSpeaks() throws Exception {
        try (RawService local = new RawService(new Bodies());
                PublishedServer server = new PublishedServer(false, 101, true);
                TunnelAgent agent = agent(server, local, "auto")) {
            assertTrue(agent.awaitConnected(PATIENCE));
            assertFalse(server.awaitHandshake().contains("cloudtunnel.v1"));
            assertEquals(200, server.awaitAnswer().path("status").asInt());
        }
    }

    @Test
    void aHandshakeThatIsRefusedForItsSubprotocolIsTriedWithout() throws Exception {
        try (RawService local = new RawService(new Bodies());
                PublishedServer server = new PublishedServer(true, 400, false);
                TunnelAgent agent = agent(server, local, "auto")) {
            assertTrue(agent.awaitConnected(PATIENCE));
            assertTrue(server.awaitHandshake().contains("cloudtunnel.v1"));
            assertFalse(server.awaitHandshake().contains("cloudtunnel.v1"));
            assertEquals(200, server.awaitAnswer().path("status").asInt());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, the server speaks JSON mode",
        "false, the server does not speak binary mode"
    })
    void binaryModeOnlySaysWhatIsWrong(boolean echoes, String told) throws Exception {
        try (LogLines log = new LogLines();
                RawService local = new RawService(new Bodies());
                PublishedServer server = new PublishedServer(true, 101, echoes);
                TunnelAgent agent = agent(server, local, "binary")) {
            log.await("reason", 10_000, line -> line.contains(told));
            assertFalse(agent.publicUrl() == null && server.answered(), "no request was served");
        }
    }
}
