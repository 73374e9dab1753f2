package io.cloudtunnel.server.observe;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerResponse;
import java.util.function.BooleanSupplier;

/** {@code GET /health/live} and {@code /health/ready}. */
public final class HealthHandlers implements HttpService {

    private final BooleanSupplier ready;

    /** Ready as long as this says so. */
    public HealthHandlers(BooleanSupplier ready) {
        this.ready = ready;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/live", (request, response) -> answer(response, true))
                .get("/ready", (request, response) -> answer(response, ready.getAsBoolean()));
    }

    private static void answer(ServerResponse response, boolean up) {
        response.status(up ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503)
                .header("Content-Type", "application/json")
                .header("Cache-Control", "no-store")
                .send(up ? "{\"status\":\"UP\"}" : "{\"status\":\"DOWN\"}");
    }
}
