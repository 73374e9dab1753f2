package io.cloudtunnel.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A real server on a free port, with one registered tunnel, for tests that talk to it from outside.
 * Closing it checks that nothing leaked: no byte of the memory budget, no place for a link.
 */
final class Tunnel implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    final TunnelServer server;
    final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    final String id;
    final String secret;
    final String publicUrl;
    private final List<JdkAgent> agents = new ArrayList<>();

    private Tunnel(TunnelServer server, @Nullable Tunnel like)
            throws IOException, InterruptedException {
        this.server = server;
        if (like != null) {
            this.id = like.id;
            this.secret = like.secret;
            this.publicUrl = like.publicUrl;
            return;
        }
        JsonNode pair = register();
        this.id = pair.path("id").asText();
        this.secret = pair.path("secret").asText();
        this.publicUrl = pair.path("public_url").asText();
    }

    static Tunnel start() throws IOException, InterruptedException {
        return start(builder -> {});
    }

    /** Without waiting for agents that are not there, unless the options say otherwise. */
    static Tunnel start(Consumer<TunnelServerBuilder> options)
            throws IOException, InterruptedException {
        return start(null, options);
    }

    /**
     * The same tunnel at another server, which needs the same key.
     *
     * @param like null for a new tunnel
     */
    static Tunnel start(@Nullable Tunnel like, Consumer<TunnelServerBuilder> options)
            throws IOException, InterruptedException {
        TunnelServerBuilder builder =
                TunnelServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .openRegistration()
                        .bridgeTime(Duration.ZERO);
        options.accept(builder);
        return new Tunnel(builder.start(), like);
    }

    int port() {
        return server.port();
    }

    JsonNode register() throws IOException, InterruptedException {
        return register("");
    }

    /** With what the body asks for. */
    JsonNode register(String body) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(at("/register"))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    URI at(String path) {
        return URI.create("http://localhost:" + port() + path);
    }

    /** A request for a path below the tunnel's own. */
    HttpRequest.Builder to(String rest) {
        return HttpRequest.newBuilder(at(path(rest))).timeout(Duration.ofSeconds(30));
    }

    String path(String rest) {
        return "/pub/" + id + rest;
    }

    HttpResponse<String> get(String rest) throws IOException, InterruptedException {
        return client.send(to(rest).build(), BodyHandlers.ofString());
    }

    RawClient raw() throws IOException {
        return new RawClient(port());
    }

    /** An agent whose requests wait for the test. */
    JdkAgent agent() {
        return keep(JdkAgent.connect(client, port(), id, secret));
    }

    /** An agent that answers by itself. */
    JdkAgent agent(Consumer<JdkAgent.Request> handler) {
        return keep(JdkAgent.connect(client, port(), id, secret, handler));
    }

    /** Another tunnel of the same server, with an agent that answers by itself. */
    Other other(Consumer<JdkAgent.Request> handler) throws IOException, InterruptedException {
        JsonNode pair = register();
        String otherId = pair.path("id").asText();
        String otherSecret = pair.path("secret").asText();
        return new Other(
                this, otherId, JdkAgent.connect(client, port(), otherId, otherSecret, handler));
    }

    /** Another tunnel. */
    record Other(Tunnel tunnel, String id, JdkAgent agent) {
        /** What a request through it gets. */
        int status() throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(tunnel.at("/pub/" + id + "/")).build();
            return tunnel.client.send(request, BodyHandlers.discarding()).statusCode();
        }
    }

    private JdkAgent keep(JdkAgent agent) {
        agents.add(agent);
        return agent;
    }

    @Override
    public void close() {
        agents.forEach(JdkAgent::close);
        boolean placesFree = placesGetFree();
        long began = System.nanoTime();
        server.close();
        client.close();
        if (!placesFree) {
            throw new AssertionError("places of links were not given back");
        }
        if (server.budget().usedBytes() != 0) {
            throw new AssertionError(server.budget().usedBytes() + " bytes were not given back");
        }
        if (System.nanoTime() - began > TimeUnit.SECONDS.toNanos(9)) {
            throw new AssertionError("close() took more than 9 s");
        }
    }

    private boolean placesGetFree() {
        try {
            return server.links().awaitEmpty(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
