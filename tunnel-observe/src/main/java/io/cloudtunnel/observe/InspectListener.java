package io.cloudtunnel.observe;

import io.cloudtunnel.program.Admin;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The listener of the inspect page, on loopback only and apart from the one for operators: it shows
 * what clients sent, secrets among it, and sends requests. Safe for use by several threads.
 */
public final class InspectListener implements AutoCloseable {

    /** Where the page is. */
    static final String PAGE = "/";

    private static final Logger LOGGER = System.getLogger(InspectListener.class.getName());

    /** For a few tabs. */
    private static final int MOST_CONNECTIONS = 16;

    private final WebServer server;
    private final InspectSource source;

    private InspectListener(int port, String token, InspectSource source) {
        this.source = source;
        HttpRouting.Builder routing =
                HttpRouting.builder()
                        .addFilter(new LastRequests())
                        .addFilter(new InspectGuard(token))
                        .get(PAGE, new HtmlPage("inspect.html")::answer)
                        .get("/requests", this::requests)
                        .get("/requests/{number}", this::request)
                        .post("/requests/{number}/send-again", this::sendAgain)
                        .post("/clear", this::clear);
        server =
                SmallServer.start(
                        Admin.LOOPBACK,
                        port,
                        MOST_CONNECTIONS,
                        routing,
                        "for the inspect page: another program may be using it; choose another one"
                                + " with TUNNEL_INSPECT");
    }

    /**
     * Starts listening on 127.0.0.1.
     *
     * @param port 0 for any free one
     * @param token what has to be sent as {@code Authorization: Bearer}
     * @throws IllegalStateException if the port cannot be had
     */
    public static InspectListener start(int port, String token, InspectSource source) {
        InspectListener started = new InspectListener(port, token, source);
        LOGGER.log(
                Level.INFO,
                "inspect page at http://{0}:{1}/",
                Admin.LOOPBACK,
                Integer.toString(started.port()));
        return started;
    }

    private void requests(ServerRequest request, ServerResponse response) {
        try {
            long after = number(request.query().first("after").orElse("-1"));
            json(response, source.requests(after));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            response.status(Status.SERVICE_UNAVAILABLE_503).send();
        }
    }

    private void request(ServerRequest request, ServerResponse response) {
        json(response, source.request(named(request)));
    }

    private void sendAgain(ServerRequest request, ServerResponse response) {
        InspectSource.Outcome outcome = source.sendAgain(named(request));
        json(
                response.status(Status.create(outcome.status())),
                outcome.json().getBytes(StandardCharsets.UTF_8));
    }

    private void clear(ServerRequest request, ServerResponse response) {
        source.clear();
        response.status(Status.NO_CONTENT_204).send();
    }

    private static void json(ServerResponse response, byte @Nullable [] json) {
        if (json == null) {
            response.status(Status.NOT_FOUND_404).send("not kept any more\n");
        } else {
            response.header("Content-Type", "application/json").send(json);
        }
    }

    private static long named(ServerRequest request) {
        return number(request.path().pathParameters().get("number"));
    }

    /** A number; -1 where it is none. */
    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** The port that it listens on. */
    public int port() {
        return server.port();
    }

    /** Stops listening. */
    @Override
    public void close() {
        server.stop();
    }
}
