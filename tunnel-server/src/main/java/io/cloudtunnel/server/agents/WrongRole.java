package io.cloudtunnel.server.agents;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.server.front.ErrorAnswer;
import io.cloudtunnel.server.front.Role;
import io.cloudtunnel.server.front.RoutingFields;
import io.cloudtunnel.server.observe.RequestIds;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/**
 * What agents get where the role is not to take any. A 503, which no agent takes as final, nor as
 * an answer to the question what this server speaks: whoever deploys may have taken one service for
 * the other, and agents go on by themselves once that is put right.
 */
public final class WrongRole implements Handler {

    /** Nothing changes by itself. */
    private static final String RETRY_SECONDS = "30";

    private final Role role;

    /** A handler of an instance with this role. */
    public WrongRole(Role role) {
        this.role = role;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        Fields fields = RoutingFields.of(request);
        ErrorAnswer answer =
                ErrorAnswer.of(
                        Status.SERVICE_UNAVAILABLE_503.code(),
                        Role.WRONG,
                        role.refusal(),
                        RequestIds.of(fields),
                        fields);
        answer.head().fields().without("Retry-After").forEach(response::header);
        response.status(Status.SERVICE_UNAVAILABLE_503)
                .header("Retry-After", RETRY_SECONDS)
                .send(answer.body().toByteArray());
    }
}
