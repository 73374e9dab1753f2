package io.cloudtunnel.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cloudtunnel.server.relay.servers.Installed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Headless Chromium, driven by its DevTools protocol, by one thread. */
final class Browser implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 30;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LISTENING = "DevTools listening on ";

    private final Programs program;
    private final HttpClient client = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger last = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
    private final Map<String, Page> pages = new ConcurrentHashMap<>();

    private Browser(Programs program, String url) throws Exception {
        this.program = program;
        socket =
                client.newWebSocketBuilder()
                        .buildAsync(URI.create(url), new Incoming())
                        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    static Browser start(Path folder) throws Exception {
        List<String> command =
                List.of(
                        Installed.need("chromium"),
                        "--headless=new",
                        "--no-sandbox", // it refuses to run as root, as in a container, otherwise
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--no-first-run",
                        "--no-proxy-server",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + folder.resolve("chromium"));
        Programs program = Programs.start(folder, command, Map.of());
        String line = program.await("DevTools", text -> text.startsWith(LISTENING));
        return new Browser(program, line.substring(LISTENING.length()).strip());
    }

    /** A page that shares no cookies with any other one. */
    Page open() throws Exception {
        String context =
                call(null, "Target.createBrowserContext", Map.of())
                        .get("browserContextId")
                        .asText();
        String target =
                call(
                                null,
                                "Target.createTarget",
                                Map.of("url", "about:blank", "browserContextId", context))
                        .get("targetId")
                        .asText();
        String session =
                call(null, "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                        .get("sessionId")
                        .asText();
        Page page = new Page(session, target);
        pages.put(session, page);
        for (String domain : List.of("Page", "Runtime", "Log")) {
            call(session, domain + ".enable", Map.of());
        }
        return page;
    }

    private JsonNode call(String session, String method, Map<String, ?> parameters)
            throws IOException {
        int id = last.incrementAndGet();
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", JSON.valueToTree(parameters));
        if (session != null) {
            message.put("sessionId", session);
        }
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        calls.put(id, answer);
        JsonNode whole;
        try {
            socket.sendText(message.toString(), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            whole = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IOException(method + " has no answer", e);
        }
        if (whole.has("error")) {
            throw new IOException(method + ": " + whole.get("error"));
        }
        return whole.get("result");
    }

    private void take(JsonNode message) {
        if (message.has("id")) {
            calls.remove(message.get("id").asInt()).complete(message);
        } else if (message.has("sessionId")) {
            Page page = pages.get(message.get("sessionId").asText());
            if (page != null) {
                page.note(message.get("method").asText(), message.get("params"));
            }
        }
    }

    private final class Incoming implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean whole) {
            text.append(part);
            if (whole) {
                try {
                    take(JSON.readTree(text.toString()));
                } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                    throw new IllegalStateException(e);
                }
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    /** Waits for its end, since it writes to its folder until then. */
    @Override
    public void close() throws IOException {
        try {
            call(null, "Browser.close", Map.of());
            program.awaitExit();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            socket.abort();
            client.shutdownNow();
            program.close();
        }
    }

    /** One tab. */
    final class Page implements AutoCloseable {
        private final String session;
        private final String target;
        private final Queue<String> complaints = new ConcurrentLinkedQueue<>();

        private Page(String session, String target) {
            this.session = session;
            this.target = target;
        }

        private void note(String event, JsonNode about) {
            if (event.equals("Runtime.exceptionThrown") || event.equals("Log.entryAdded")) {
                complaints.add(about.toString());
            }
        }

        /** What a developer would see in red in the console. */
        Queue<String> complaints() {
            return complaints;
        }

        void go(String url) throws Exception {
            JsonNode result = call(session, "Page.navigate", Map.of("url", url));
            if (result.has("errorText")) {
                throw new AssertionError(url + ": " + result.get("errorText").asText());
            }
        }

        void reload() throws Exception {
            call(session, "Page.reload", Map.of());
        }

        /** The value of a JavaScript expression, as text; waits for it if it is a promise. */
        String value(String expression) throws Exception {
            JsonNode result =
                    call(
                            session,
                            "Runtime.evaluate",
                            Map.of(
                                    "expression",
                                    expression,
                                    "awaitPromise",
                                    true,
                                    "returnByValue",
                                    true,
                                    "userGesture",
                                    true));
            if (result.has("exceptionDetails")) {
                throw new IOException(expression + ": " + result.get("exceptionDetails"));
            }
            return result.get("result").path("value").asText();
        }

        /** Waits until an expression is true, over navigations that may happen meanwhile. */
        void await(String expression) throws Exception {
            Waiting.until(
                    PATIENCE_SECONDS,
                    () -> expression + " in " + shown() + "\n" + complaints,
                    () -> isTrue(expression));
        }

        private boolean isTrue(String expression) {
            try {
                return value("!!(" + expression + ")").equals("true");
            } catch (Exception e) { // between two documents
                return false;
            }
        }

        /** What it looks like, as a PNG file. */
        void screenshot(Path file, int width, int height) throws Exception {
            call(
                    session,
                    "Emulation.setDeviceMetricsOverride",
                    Map.of(
                            "width",
                            width,
                            "height",
                            height,
                            "deviceScaleFactor",
                            1,
                            "mobile",
                            false));
            String png = call(session, "Page.captureScreenshot", Map.of()).get("data").asText();
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, Base64.getDecoder().decode(png));
        }

        private String shown() {
            try {
                return value("location.href + ' ' + document.documentElement.outerHTML");
            } catch (Exception e) {
                return e.toString();
            }
        }

        /** Ends all that it has open. */
        @Override
        public void close() throws IOException {
            call(null, "Target.closeTarget", Map.of("targetId", target));
        }
    }
}
