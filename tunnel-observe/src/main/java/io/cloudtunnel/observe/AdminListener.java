package io.cloudtunnel.observe;

import io.cloudtunnel.program.Admin;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;

/** A listener for operators, apart from the one of the public. Safe for use by several threads. */
public final class AdminListener implements AutoCloseable {

    private static final Logger LOGGER = System.getLogger(AdminListener.class.getName());

    /** Enough for a few that scrape and a few that look; who comes more often waits. */
    private static final int MOST_CONNECTIONS = 64;

    /** Where the status page is; without data in it, it needs no token. */
    static final String STATUS = "/status";

    private final WebServer server;

    private AdminListener(WebServer server) {
        this.server = server;
    }

    /**
     * Starts listening.
     *
     * @param metrics of {@code /metrics}
     * @param status what the page {@code /status} shows; asked for every few seconds by whoever
     *     looks
     * @throws IllegalStateException if the port cannot be had
     */
    public static AdminListener start(Admin where, Metrics metrics, Supplier<StatusReport> status) {
        HttpRouting.Builder routing =
                HttpRouting.builder()
                        .addFilter(new LastRequests())
                        .addFilter(new AdminGuard(where));
        routing.get("/metrics", metrics::answer)
                .get(STATUS, new HtmlPage("status.html")::answer)
                .get(
                        STATUS + ".json",
                        (request, response) ->
                                response.header("Content-Type", "application/json")
                                        .send(status.get().toBytes()));
        WebServer started =
                SmallServer.start(
                        where.host(),
                        where.port(),
                        MOST_CONNECTIONS,
                        routing,
                        "for the admin listener: another program may be using it; choose another"
                                + " one with ADMIN_PORT");
        LOGGER.log(
                Level.INFO,
                "metrics at http://{0}:{1}/metrics, status page at http://{0}:{1}/status",
                where.host(),
                Integer.toString(started.port()));
        return new AdminListener(started);
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
