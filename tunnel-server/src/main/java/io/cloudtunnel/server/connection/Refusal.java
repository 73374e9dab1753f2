package io.cloudtunnel.server.connection;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.http.BodyFraming;
import io.cloudtunnel.server.front.ErrorAnswer;
import io.cloudtunnel.server.observe.RequestIds;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** The answer to what cannot be answered any further; it ends the connection. */
final class Refusal {

    private static final Logger LOGGER = System.getLogger(Refusal.class.getName());

    private Refusal() {}

    static void send(PublicConnection connection, int status, String code, String text)
            throws IOException {
        String requestId = RequestIds.random();
        LOGGER.log(
                Level.INFO,
                "request id={0} client={1} refused: status={2} {3}",
                requestId,
                connection.peerHost(),
                Integer.toString(status),
                text);
        ErrorAnswer answer = ErrorAnswer.of(status, code, text, requestId, Fields.EMPTY);
        connection.writing().in(connection.limits().writeStall());
        connection
                .out()
                .writeResponse(
                        status,
                        answer.head().reason(),
                        answer.head().fields().toBuilder().add("Connection", "close").build(),
                        BodyFraming.fixed(answer.body().length()));
        connection.out().write(answer.body());
        connection.out().end();
        connection.writing().none();
        connection.linger(connection.limits().readOn());
    }
}
