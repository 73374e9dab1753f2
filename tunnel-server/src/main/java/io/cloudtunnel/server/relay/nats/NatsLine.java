package io.cloudtunnel.server.relay.nats;

import io.cloudtunnel.server.relay.Broker;
import io.cloudtunnel.server.relay.BrokerException;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.ConnectionListener.Events;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One connection to a NATS server, which is never mended: a new one takes its place. Safe for use
 * by several threads.
 *
 * <p>Each publication names an address for answers, where the server itself says so if nobody has
 * subscribed. That the server took a publication is known by a message to this address that is sent
 * behind it and comes back; one such message at a time is under way, for all before it.
 */
final class NatsLine {

    private static final String CHANNEL = "cloudtunnel.i.";
    private static final String ANSWERS = "cloudtunnel.r.";
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** With this and the next one a server that hangs is noticed after about 3 s. */
    private static final Duration PING = Duration.ofSeconds(1);

    private static final int UNANSWERED_PINGS = 2;
    private static final int MOST_QUEUED = 65_536;
    private static final long MOST_PENDING_BYTES = 16 << 20; // more than all pair credit
    private static final long LARGEST = 300 * 1024;
    private static final byte[] NOTHING = {};

    /** What the client's threads are, a reader, a writer and a dispatcher of each connection. */
    private static final ExecutorService EXECUTOR =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("tunnel-nats-", 0).factory());

    private final CountDownLatch over = new CountDownLatch(1);
    private final Connection connection;
    private final String answers;

    private final ReentrantLock lock = new ReentrantLock(); // guards what follows
    private final ArrayDeque<Published> unconfirmed = new ArrayDeque<>(); // bounded by MOST_QUEUED
    private long last;
    private boolean asks; // a message that confirms is under way
    private boolean ended;

    private record Published(long number, CompletableFuture<Long> done) {}

    private NatsLine(NatsUrl url, int turn, String instance, NatsErrors.Said said)
            throws IOException, InterruptedException, GeneralSecurityException {
        this.answers = ANSWERS + instance + ".";
        ConnectionListener listener =
                (from, event) -> {
                    if (event == Events.DISCONNECTED || event == Events.CLOSED) {
                        over.countDown();
                    }
                };
        NatsUrl.Server server = url.server(turn);
        Options.Builder options =
                new Options.Builder()
                        .server(server.url())
                        .ignoreDiscoveredServers()
                        .noReconnect()
                        .reconnectBufferSize(0)
                        .connectionTimeout(TIMEOUT)
                        .pingInterval(PING)
                        .maxPingsOut(UNANSWERED_PINGS)
                        .maxMessagesInOutgoingQueue(MOST_QUEUED)
                        .discardMessagesWhenOutgoingQueueFull()
                        .executor(EXECUTOR)
                        .connectionListener(listener)
                        .errorListener(new NatsErrors(said, over::countDown));
        if (server.isTls()) {
            options.sslContext(VerifiedTls.of(server.host()));
        }
        String token = url.token();
        String user = url.user();
        if (token != null) {
            options.token(token.toCharArray());
        } else if (user != null) {
            options.userInfo(user.toCharArray(), url.password().toCharArray());
        }
        this.connection = Nats.connect(options.build());
    }

    /**
     * Connects, and opens the instance's channel.
     *
     * @param turn which of the servers is tried
     * @param said told what the server objects to
     */
    static NatsLine open(
            NatsUrl url, int turn, String instance, Broker.Receiver receiver, NatsErrors.Said said)
            throws IOException, InterruptedException, GeneralSecurityException {
        NatsLine line = new NatsLine(url, turn, instance, said);
        try {
            line.listen(instance, receiver);
            return line;
        } catch (IOException | InterruptedException | RuntimeException e) {
            line.close();
            throw e;
        }
    }

    private void listen(String instance, Broker.Receiver receiver)
            throws IOException, InterruptedException {
        if (connection.getMaxPayload() < LARGEST) {
            throw new BrokerException("the server's max_payload is below 300 KiB", null);
        }
        Dispatcher dispatcher = connection.createDispatcher();
        dispatcher.setPendingLimits(MOST_QUEUED, MOST_PENDING_BYTES);
        var channel =
                dispatcher.subscribe(
                        CHANNEL + instance, message -> receiver.received(message.getData()));
        var own = dispatcher.subscribe(answers + "*", this::answered);
        try {
            connection.flush(TIMEOUT); // the server knows both then
        } catch (TimeoutException e) {
            throw new BrokerException("the server does not answer in time", e);
        }
        if (!channel.isActive() || !own.isActive() || !isOpen()) {
            throw new BrokerException("the server has not taken the subscription", null);
        }
    }

    CompletionStage<Long> publish(String instance, byte[] message) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        lock.lock();
        try {
            // Not by the client's own count of what is queued, which waits for its writer, as that
            // does for the server. What is queued is unconfirmed, too.
            if (ended || unconfirmed.size() >= MOST_QUEUED - 1) {
                throw new IllegalStateException("it takes no more");
            }
            connection.publish(CHANNEL + instance, answers + (last + 1), message);
            last++;
            unconfirmed.addLast(new Published(last, done));
            askLocked();
        } catch (IllegalStateException | IllegalArgumentException e) {
            done.completeExceptionally(new BrokerException("the broker takes nothing", e));
        } finally {
            lock.unlock();
        }
        return done;
    }

    private void askLocked() {
        if (!asks && !unconfirmed.isEmpty()) {
            connection.publish(answers + last, NOTHING);
            asks = true;
        }
    }

    /** What the server says of a publication, or that all until then were taken. */
    private void answered(Message answer) {
        long number = Long.parseLong(answer.getSubject().substring(answers.length()));
        boolean nobody = answer.isStatusMessage();
        List<Published> known = new ArrayList<>();
        lock.lock();
        try {
            if (nobody) {
                unconfirmed.removeIf(each -> each.number == number && known.add(each));
            } else {
                while (!unconfirmed.isEmpty() && unconfirmed.getFirst().number <= number) {
                    known.add(unconfirmed.removeFirst());
                }
                asks = false;
                askLocked();
            }
        } catch (IllegalStateException e) {
            over.countDown(); // the connection is over
        } finally {
            lock.unlock();
        }
        known.forEach(each -> each.done.complete(nobody ? 0 : Broker.UNKNOWN));
    }

    boolean isOpen() {
        return over.getCount() > 0 && connection.getStatus() == Connection.Status.CONNECTED;
    }

    /** Until it is lost. */
    void awaitEnd() throws InterruptedException {
        over.await();
    }

    /** Ends it; what was not confirmed has failed. */
    void close() {
        List<Published> lost;
        lock.lock();
        try {
            ended = true;
            lost = List.copyOf(unconfirmed);
            unconfirmed.clear();
        } finally {
            lock.unlock();
        }
        lost.forEach(each ->
                each.done.completeExceptionally(
                        new BrokerException("the connection is over", null)));
        over.countDown();
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
