package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.JsonBeginning;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.frame.RequestHead;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a link in JSON mode: requests go out as one message each, and the answers
 * come back in any order. Safe for use by several threads; one of them runs {@link #serve}.
 */
public final class JsonUpstream implements LinkUpstream {

    private final Link link;
    private final Limits limits;
    private final MemoryBudget budget;
    private final JsonSender sender;
    private final Semaphore streams;
    private final Map<String, JsonExchange> open = new ConcurrentHashMap<>(); // bounded by streams
    private final AtomicLong lastId = new AtomicLong();
    private volatile boolean ended;

    /** The server's side of a link, which nobody else reads from. */
    public JsonUpstream(Link link, Limits limits, MemoryBudget budget) {
        this.link = link;
        this.sender = new JsonSender(link, limits);
        this.limits = limits;
        this.budget = budget;
        this.streams = new Semaphore(limits.streams());
    }

    /** A JSON agent answers once, and gets the whole request at once. */
    @Override
    public boolean carriesInterim() {
        return false;
    }

    @Override
    public Exchange open(RequestHead head, long bodyLength) throws ExchangeException {
        if (head.fields().contains("Upgrade")) {
            throw JsonFailures.upgradeNotCarried();
        }
        if (bodyLength > limits.jsonBodyBytes()) {
            throw JsonFailures.bodyTooLarge(limits);
        }
        refuseIfEnded();
        if (!streams.tryAcquire()) {
            throw JsonFailures.tooManyStreams(limits);
        }
        String id = Long.toString(lastId.incrementAndGet());
        boolean unknown = bodyLength == Exchange.UNKNOWN_LENGTH;
        JsonExchange exchange =
                new JsonExchange(
                        this, id, HeadFields.withoutTrailer(head), unknown, limits, budget);
        open.put(id, exchange);
        if (ended) { // meanwhile, and may have missed this exchange
            exchange.linkLost();
        }
        return exchange;
    }

    private void refuseIfEnded() throws ExchangeException {
        if (ended) {
            throw JsonFailures.notConnected();
        }
    }

    @Override
    public boolean isReady() {
        return !ended;
    }

    @Override
    public boolean hasRoom() {
        return streams.availablePermits() > 0;
    }

    /** Requests that wait for their answer. */
    @Override
    public int openExchanges() {
        return open.size();
    }

    /**
     * Receives answers until the link ends. Exchanges that are open then fail.
     *
     * @throws IOException if the link broke, or the peer sent what is no JSON message
     */
    @Override
    public void serve() throws IOException {
        JsonServing.serve(link, taker, this::end);
    }

    private final JsonServing.Taker taker =
            new JsonServing.Taker() {
                @Override
                public void take(JsonMessage message) {
                    accept(message);
                }

                @Override
                public void noRoom(JsonBeginning of) throws JsonServing.Violation {
                    String id = of.id();
                    if (id == null || !of.isResponse()) {
                        throw JsonServing.outOfBudget();
                    }
                    JsonExchange exchange = open.get(id);
                    if (exchange != null) {
                        exchange.answerFailed(JsonFailures.outOfBudget());
                    }
                }
            };

    private void end(JsonServing.@Nullable Violation why) {
        ended = true;
        if (why != null) { // what it meant by it cannot be told; it may have been any answer
            open.values()
                    .forEach(exchange ->
                            exchange.answerFailed(JsonFailures.malformed(why.reason())));
        }
        open.values().forEach(JsonExchange::linkLost);
    }

    @Override
    public void end(ExchangeException reason) {
        ended = true;
        open.values().forEach(exchange -> exchange.cancel(reason));
    }

    private void accept(JsonMessage message) {
        switch (message) {
            case JsonMessage.Response response -> answer(response);
            case JsonMessage.MalformedResponse wrong -> {
                JsonExchange exchange = open.get(wrong.id());
                if (exchange != null) {
                    exchange.answerFailed(JsonFailures.malformed(wrong.problem()));
                }
            }
            case JsonMessage.Request ignored -> {} // agents do not send requests
            case JsonMessage.MalformedRequest ignored -> {}
            case JsonMessage.Unknown ignored -> {} // a later version of the protocol
        }
    }

    private void answer(JsonMessage.Response response) {
        JsonExchange exchange = open.get(response.id());
        if (exchange != null) { // otherwise its client has left
            exchange.answered(response.head(), response.body());
        }
    }

    @Override
    public boolean takesRequests() {
        return !ended;
    }

    @Override
    public void stop() {
        ended = true;
    }

    /** The agent cannot be told, whatever the reason. */
    @Override
    public boolean drain(Duration atMost, Reason reason) throws InterruptedException {
        ended = true;
        long nanos = atMost.toNanos();
        int all = limits.streams();
        if (!streams.tryAcquire(all, nanos, TimeUnit.NANOSECONDS)) {
            return false;
        }
        streams.release(all);
        return true;
    }

    @Override
    public void expire() {
        ended = true;
        open.values().forEach(JsonExchange::linkLost);
    }

    JsonSender sender() {
        return sender;
    }

    void forget(String id) {
        if (open.remove(id) != null) {
            streams.release();
        }
    }
}
