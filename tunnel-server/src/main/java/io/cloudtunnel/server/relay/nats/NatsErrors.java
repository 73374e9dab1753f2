package io.cloudtunnel.server.relay.nats;

import io.nats.client.Connection;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import java.util.Locale;

/** What a client of NATS meets. It ends a connection that may have lost messages. */
final class NatsErrors implements ErrorListener {

    private final Said said;
    private final Runnable onLoss;

    /** Told in words, which have no secrets. */
    interface Said {
        void that(String text);
    }

    NatsErrors(Said said, Runnable onLoss) {
        this.said = said;
        this.onLoss = onLoss;
    }

    @Override
    public void errorOccurred(Connection connection, String error) {
        said.that(error);
        if (error.toLowerCase(Locale.ROOT).contains("permissions violation")) {
            onLoss.run();
        }
    }

    /** Whoever connects learns of it, and the connection's listener that it is lost. */
    @Override
    public void exceptionOccurred(Connection connection, Exception failure) {
        // Nothing is printed, as the client itself would.
    }

    @Override
    public void slowConsumerDetected(Connection connection, Consumer consumer) {
        said.that("the server's messages were dropped, since they were not taken in time");
        onLoss.run();
    }

    @Override
    public void messageDiscarded(Connection connection, Message message) {
        said.that("messages to the server were dropped, since it did not take them in time");
        onLoss.run();
    }
}
