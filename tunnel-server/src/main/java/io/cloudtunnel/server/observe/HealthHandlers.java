package io.cloudtunnel.server.observe;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerResponse;
import java.util.function.Supplier;

/** {@code GET /health/live} and {@code /health/ready}. */
public final class HealthHandlers implements HttpService {

    /** How an instance is. */
    public enum State {
        /** It serves. */
        UP("{\"status\":\"UP\"}"),
        /** It leaves. */
        DOWN("{\"status\":\"DOWN\"}"),
        /** It serves the tunnels that have links to it, and no others. */
        BROKER_UNAVAILABLE("{\"status\":\"DOWN\",\"reason\":\"broker-unavailable\"}");

        private final String body;

        State(String body) {
            this.body = body;
        }
    }

    private final Supplier<State> ready;

    /** Ready as long as this is up. */
    public HealthHandlers(Supplier<State> ready) {
        this.ready = ready;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/live", (request, response) -> answer(response, State.UP))
                .get("/ready", (request, response) -> answer(response, ready.get()));
    }

    private static void answer(ServerResponse response, State state) {
        response.status(state == State.UP ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503)
                .header("Content-Type", "application/json")
                .header("Cache-Control", "no-store")
                .send(state.body);
    }
}
