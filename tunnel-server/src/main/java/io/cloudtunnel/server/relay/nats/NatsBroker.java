package io.cloudtunnel.server.relay.nats;

import io.cloudtunnel.server.relay.Broker;
import io.cloudtunnel.server.relay.BrokerException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * NATS core. Connects in the background, again and again; whatever came while it was not connected
 * is gone. Safe for use by several threads.
 */
public final class NatsBroker implements Broker {

    private static final long BETWEEN_MILLIS = 250;
    private static final int MOST_SAID = 16;
    private static final long CLOSING_MILLIS = 1000;
    private static final Logger LOGGER = System.getLogger(NatsBroker.class.getName());

    private final NatsUrl url;
    private volatile @Nullable Thread connector;
    private volatile @Nullable NatsLine line;
    private volatile boolean closed;
    private final Set<String> said = ConcurrentHashMap.newKeySet(); // at most MOST_SAID

    private NatsBroker(NatsUrl url) {
        this.url = url;
    }

    /**
     * The broker at a NATS server, which need not run yet.
     *
     * @param url such as {@code nats://name:password@host:4222}, {@code nats://token@host}, or
     *     {@code tls://} for TLS from the start of what is secret; several of one cluster with
     *     commas between
     * @throws IllegalArgumentException if it is malformed; the message repeats nothing of it
     */
    public static Broker of(String url) {
        return new NatsBroker(NatsUrl.parse(url));
    }

    /**
     * Whether it is a URL of a NATS server.
     *
     * @throws IllegalArgumentException if it is malformed; the message repeats nothing of it
     */
    public static void check(String url) {
        NatsUrl ignored = NatsUrl.parse(url);
    }

    @Override
    public void subscribe(String instance, Receiver receiver) {
        connector =
                Thread.ofVirtual()
                        .name("tunnel-nats-connect")
                        .start(() -> stayConnected(instance, receiver));
    }

    private void stayConnected(String instance, Receiver receiver) {
        for (int turn = 0; !closed; turn++) {
            try {
                NatsLine made = NatsLine.open(url, turn, instance, receiver, this::say);
                line = made;
                said.clear();
                try {
                    made.awaitEnd();
                } finally {
                    line = null;
                    say("the connection is lost");
                    receiver.lost();
                    made.close();
                }
            } catch (IOException | GeneralSecurityException | RuntimeException e) {
                say("it cannot be reached: " + reason(e));
            } catch (InterruptedException e) {
                return; // it is closed
            }
            pause();
        }
    }

    /** Once, however often it is tried, until it is connected again. */
    private void say(String text) {
        if (!closed && said.size() < MOST_SAID && said.add(text)) {
            LOGGER.log(Level.WARNING, "the broker, which is tried again: {0}", text);
        }
    }

    /** What a failure says, without the address, which may be private. */
    private static String reason(Throwable failure) {
        if (failure instanceof BrokerException) {
            return String.valueOf(failure.getMessage());
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName();
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
        } catch (InterruptedException e) {
            closed = true; // nobody else interrupts this thread
        }
    }

    @Override
    public CompletionStage<Long> publish(String instance, byte[] message) {
        NatsLine now = line;
        return now == null
                ? CompletableFuture.failedFuture(new BrokerException("not connected", null))
                : now.publish(instance, message);
    }

    @Override
    public boolean isConnected() {
        NatsLine now = line;
        return now != null && now.isOpen();
    }

    @Override
    public void close() {
        closed = true;
        Thread connecting = connector;
        if (connecting == null) {
            return;
        }
        connecting.interrupt();
        try {
            boolean ignored = connecting.join(Duration.ofMillis(CLOSING_MILLIS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
