package io.cloudtunnel.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An agent as somebody else would write it from the published protocol alone: the JDK's WebSocket,
 * Jackson's tree, credentials in the query.
 */
final class JdkAgent implements WebSocket.Listener, AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /** A close frame that the server sent. */
    record Close(int code, String reason) {}

    private final BlockingQueue<JsonNode> requests = new LinkedBlockingQueue<>();
    private final CompletableFuture<Close> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private final Consumer<Request> handler;
    private final Object sending = new Object();
    private @Nullable WebSocket socket;

    private JdkAgent(@Nullable Consumer<Request> handler) {
        this.handler = handler == null ? request -> requests.add(request.json()) : handler;
    }

    /** A request, and who answers it. */
    record Request(JdkAgent agent, JsonNode json) {
        byte[] body() {
            return Base64.getDecoder().decode(json.path("body").asText());
        }

        String header(String name) {
            return JdkAgent.header(json, name);
        }

        void answer(int status, byte[] body) {
            agent.answer(json, status, "{}", body);
        }
    }

    /** The only value of a header, empty if there is not exactly one. */
    static String header(JsonNode request, String name) {
        var fields = request.path("headers").properties();
        for (var field : fields) {
            if (field.getKey().equalsIgnoreCase(name) && field.getValue().size() == 1) {
                return field.getValue().get(0).asText();
            }
        }
        return "";
    }

    /** Connects; requests wait for {@link #next}. */
    static JdkAgent connect(HttpClient client, int port, String id, String secret) {
        return connect(client, port, id, secret, null);
    }

    /** Connects; the handler runs on a virtual thread for each request. */
    static JdkAgent connect(
            HttpClient client,
            int port,
            String id,
            String secret,
            @Nullable Consumer<Request> handler) {
        JdkAgent agent = new JdkAgent(handler);
        URI uri = URI.create("ws://localhost:" + port + "/ws?id=" + id + "&secret=" + secret);
        agent.socket =
                client.newWebSocketBuilder().connectTimeout(DEADLINE).buildAsync(uri, agent).join();
        return agent;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            String whole = text.toString();
            text.setLength(0);
            Thread.ofVirtual().start(() -> handler.accept(new Request(this, parse(whole))));
        }
        from.request(1);
        return null;
    }

    private static JsonNode parse(String whole) {
        try {
            return JSON.readTree(whole);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the server sent no JSON", e);
        }
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(new Close(code, reason));
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.completeExceptionally(error);
    }

    /** The next request, with a deadline. */
    JsonNode next() throws InterruptedException, TimeoutException {
        JsonNode request = requests.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        if (request == null) {
            throw new TimeoutException("no request came");
        }
        return request;
    }

    /** Requests that came and were not taken. */
    int waiting() {
        return requests.size();
    }

    /** The server's close frame, with a deadline. */
    Close awaitClose() throws Exception {
        return closed.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    boolean isClosed() {
        return closed.isDone();
    }

    /** Answers a request. */
    void answer(JsonNode request, int status, String headers, byte[] body) {
        ObjectNode answer = JSON.createObjectNode();
        answer.put("type", "resp").set("req_id", request.path("req_id"));
        answer.put("status", status)
                .put("body", Base64.getEncoder().encodeToString(body))
                .set("headers", parse(headers));
        send(answer.toString());
    }

    /** Sends a text message of one frame. */
    void send(String message) {
        synchronized (sending) { // the JDK's WebSocket takes one at a time
            open().sendText(message, true).join();
        }
    }

    /** Sends a text message in fragments of so many characters. */
    void sendInFragments(String message, int size) {
        synchronized (sending) {
            for (int at = 0; at < message.length(); at += size) {
                int end = Math.min(message.length(), at + size);
                open().sendText(message.substring(at, end), end == message.length()).join();
            }
        }
    }

    /** Leaves without a close frame. */
    void cut() {
        open().abort();
    }

    private WebSocket open() {
        WebSocket now = socket;
        if (now == null) {
            throw new IllegalStateException("not connected");
        }
        return now;
    }

    @Override
    public void close() {
        open().abort();
    }
}
