package io.cloudtunnel.it;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.websocket.WsRouting;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * The server of the applications in {@code src/test/resources}: files, a few calls, WebSockets and
 * an event stream. It knows nothing of any tunnel.
 */
final class WebApplication implements AutoCloseable {

    private static final Map<String, String> TYPES =
            Map.of(
                    "html", "text/html; charset=utf-8",
                    "js", "text/javascript",
                    "css", "text/css",
                    "svg", "image/svg+xml",
                    "woff", "font/woff");

    private static final HeaderName LAST_EVENT_ID = HeaderNames.create("Last-Event-ID");

    private final String folder;
    private final WebServer server;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<String> served = ConcurrentHashMap.newKeySet();

    /** Serves one folder of the resources. */
    WebApplication(String folder) {
        this.folder = folder;
        server =
                WebServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .routing(routing ->
                                routing.get("/api/greeting", WebApplication::greet)
                                        .post("/api/echo", WebApplication::echo)
                                        .post("/form", WebApplication::form)
                                        .get("/thanks", WebApplication::thanks)
                                        .get("/plain", WebApplication::plain)
                                        .get("/events", this::events)
                                        .get(this::file))
                        .addRouting(
                                WsRouting.builder()
                                        .endpoint("/ws-app", new Echo("ws-app"))
                                        .endpoint("/ws", new Echo("ws")))
                        .build()
                        .start();
    }

    /** The files that were asked for and found. */
    Set<String> served() {
        return served;
    }

    int port() {
        return server.port();
    }

    /** A file, or the page itself for whatever address its script has given itself. */
    private void file(ServerRequest request, ServerResponse response) {
        String path = request.path().rawPath();
        String name = path.equals("/") ? "/index.html" : path;
        byte[] bytes = resource(name);
        if (bytes == null && accepts(request, "text/html")) {
            name = "/index.html";
            bytes = resource(name);
        }
        if (bytes == null) {
            response.status(Status.NOT_FOUND_404).send("no " + path);
            return;
        }
        served.add(path);
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        response.header(HeaderNames.CONTENT_TYPE, type);
        if (name.equals("/index.html")) {
            response.header(HeaderNames.SET_COOKIE, "session=s1; Path=/; HttpOnly");
        }
        response.send(bytes);
    }

    private byte[] resource(String name) {
        try (InputStream in = WebApplication.class.getResourceAsStream("/" + folder + name)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean accepts(ServerRequest request, String type) {
        return request.headers().value(HeaderNames.ACCEPT).orElse("").contains(type);
    }

    private static void greet(ServerRequest request, ServerResponse response) {
        String cookies = request.headers().value(HeaderNames.COOKIE).orElse("no cookie");
        response.send("hello, " + cookies);
    }

    private static void echo(ServerRequest request, ServerResponse response) {
        response.send(request.content().as(byte[].class));
    }

    private static void form(ServerRequest request, ServerResponse response) {
        String body = request.content().as(String.class);
        response.status(Status.SEE_OTHER_303).header(HeaderNames.LOCATION, "/thanks?" + body);
        response.send();
    }

    private static void thanks(ServerRequest request, ServerResponse response) {
        page(response, "<p id=thanks>thanks for " + request.query().rawValue() + "</p>");
    }

    private static void plain(ServerRequest request, ServerResponse response) {
        page(response, "<p id=plain-page>a page from the server</p><a id=back href=/>back</a>");
    }

    private static void page(ServerResponse response, String html) {
        response.header(HeaderNames.CONTENT_TYPE, TYPES.get("html"))
                .send("<!doctype html><link rel=icon href=/favicon.svg>" + html);
    }

    /** One event and the end; who comes back gets a second one, and then nothing for long. */
    private void events(ServerRequest request, ServerResponse response) {
        String seen = request.headers().value(LAST_EVENT_ID).orElse(null);
        response.header(HeaderNames.CONTENT_TYPE, "text/event-stream");
        try (OutputStream out = response.outputStream()) {
            String event =
                    seen == null
                            ? "retry: 20\nid: 1\ndata: first\n\n"
                            : "id: 2\ndata: after " + seen + "\n\n";
            out.write(event.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            if (seen != null) {
                closed.await();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Answers what it is told with its name before it; "close" ends it. */
    private record Echo(String name) implements WsListener {
        @Override
        public void onMessage(WsSession session, String text, boolean last) {
            if (text.equals("close")) {
                session.close(4002, "bye");
            } else {
                session.send(name + ": " + text, last);
            }
        }

        @Override
        public void onMessage(WsSession session, BufferData data, boolean last) {
            session.send(BufferData.create(data.readBytes()), last);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop();
    }
}
