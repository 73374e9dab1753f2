package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.JsonBeginning;
import io.cloudtunnel.protocol.frame.JsonCodec;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.ws.CloseCode;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The agent's side of a link in JSON mode: each request goes to the upstream on a virtual thread of
 * its own, and its answer returns as one message. Safe for use by several threads; one of them runs
 * {@link #serve}.
 */
public final class JsonResponder implements LinkResponder {

    /** Requests over the limit that may be waiting for their refusal to be written. */
    private static final int REFUSALS = 100;

    /** Characters of a {@code req_id}. */
    private static final int MAX_ID = 128;

    /** What a server may add to the client's fields: forwarding fields and the request's id. */
    private static final int SERVERS_FIELDS = 8 * 1024;

    private final Link link;
    private final Upstream upstream;
    private final Limits limits;
    private final MemoryBudget budget;
    private final ScheduledExecutorService timer;
    private final JsonSender sender;
    private final Semaphore streams; // bounds the threads
    private final Semaphore refusals = new Semaphore(REFUSALS);
    private final Set<Exchange> open = ConcurrentHashMap.newKeySet(); // bounded by streams
    private volatile boolean draining;
    private volatile boolean ended;

    /**
     * The agent's side of a link, which nobody else reads from.
     *
     * @param timer ends requests whose time is over; its tasks do not block
     */
    public JsonResponder(
            Link link,
            Upstream upstream,
            Limits limits,
            MemoryBudget budget,
            ScheduledExecutorService timer) {
        this.link = link;
        this.sender = new JsonSender(link, limits);
        this.upstream = upstream;
        this.limits = limits;
        this.budget = budget;
        this.timer = timer;
        this.streams = new Semaphore(limits.streams());
    }

    /**
     * Receives requests until the link ends. What is open then is cancelled: nobody would get its
     * answer.
     *
     * @throws IOException if the link broke, or the peer sent what it may not send
     */
    @Override
    public void serve() throws IOException {
        JsonServing.serve(link, taker, this::end);
    }

    private final JsonServing.Taker taker =
            new JsonServing.Taker() {
                @Override
                public void take(JsonMessage message) throws JsonServing.Violation {
                    accept(message);
                }

                @Override
                public void noRoom(JsonBeginning of) throws JsonServing.Violation {
                    String id = of.id();
                    if (id == null || !of.isRequest()) {
                        throw JsonServing.outOfBudget();
                    }
                    checkId(id);
                    refuse(id, of.numericId(), JsonFailures.outOfBudget());
                }
            };

    private void end(JsonServing.@Nullable Violation why) {
        ended = true;
        open.forEach(exchange -> exchange.cancel(JsonFailures.lost()));
    }

    private void accept(JsonMessage message) throws JsonServing.Violation {
        switch (message) {
            case JsonMessage.Request request -> {
                checkId(request.id());
                begin(request);
            }
            case JsonMessage.MalformedRequest wrong -> {
                checkId(wrong.id());
                refuse(
                        wrong.id(),
                        wrong.numericId(),
                        ExchangeException.of(ErrorCode.BAD_REQUEST, wrong.problem()));
            }
            case JsonMessage.Response ignored -> {} // servers do not send answers
            case JsonMessage.MalformedResponse ignored -> {}
            case JsonMessage.Unknown ignored -> {} // a later version of the protocol
        }
    }

    private static void checkId(String id) throws JsonServing.Violation {
        if (id.length() > MAX_ID) {
            throw new JsonServing.Violation(
                    CloseCode.POLICY_VIOLATION, "req_id is longer than " + MAX_ID);
        }
    }

    private void begin(JsonMessage.Request request) throws JsonServing.Violation {
        ExchangeException refusal = refusal(request);
        if (refusal != null) {
            refuse(request.id(), request.numericId(), refusal);
            return;
        }
        start(
                "tunnel-request-" + request.id(),
                () -> {
                    try {
                        carryOut(request);
                    } finally {
                        streams.release();
                    }
                });
    }

    /** Null if the request may begin; then it has taken its place among the open ones. */
    private @Nullable ExchangeException refusal(JsonMessage.Request request) {
        if (draining) {
            return ExchangeException.of(ErrorCode.DRAINING);
        }
        if (request.body().length() > limits.jsonBodyBytes()) {
            return JsonFailures.bodyTooLarge(limits);
        }
        if (request.head().fields().byteCount() > limits.headBytes() + SERVERS_FIELDS) {
            return ExchangeException.of(ErrorCode.HEAD_TOO_LARGE);
        }
        return streams.tryAcquire() ? null : JsonFailures.tooManyStreams(limits);
    }

    /** On a thread of its own, since the reader never blocks on writing. */
    private void refuse(String id, boolean numericId, ExchangeException reason)
            throws JsonServing.Violation {
        if (!refusals.tryAcquire()) {
            throw new JsonServing.Violation(
                    CloseCode.POLICY_VIOLATION, "more requests than may be refused at a time");
        }
        start(
                "tunnel-refusal-" + id,
                () -> {
                    try {
                        sendAnswer(id, numericId, WholeAnswer.of(reason));
                    } finally {
                        refusals.release();
                    }
                });
    }

    private static void start(String name, Runnable task) {
        Thread.ofVirtual().name(name).start(task);
    }

    private void carryOut(JsonMessage.Request request) {
        try (BodyBuffer body = new BodyBuffer(budget, limits.jsonBodyBytes())) {
            sendAnswer(request, exchange(request, body), body);
        } catch (ExchangeException e) {
            sendAnswer(request.id(), request.numericId(), WholeAnswer.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) { // a defect: the server is told, and the log by the throw
            var failure = ExchangeException.of(ErrorCode.INTERNAL);
            sendAnswer(request.id(), request.numericId(), WholeAnswer.of(failure));
            throw e;
        }
    }

    private ResponseHead exchange(JsonMessage.Request request, BodyBuffer body)
            throws ExchangeException, InterruptedException {
        int size = request.body().length();
        if (!budget.tryReserve(size)) {
            throw JsonFailures.outOfBudget();
        }
        try {
            return exchangeWithin(answerTime(), request, body);
        } finally {
            budget.release(size);
        }
    }

    /** Shorter than the server waits, so that the client is told by us what was wrong. */
    private Duration answerTime() {
        return limits.responseTimeout().multipliedBy(9).dividedBy(10);
    }

    private ResponseHead exchangeWithin(Duration time, JsonMessage.Request request, BodyBuffer body)
            throws ExchangeException, InterruptedException {
        Exchange exchange = upstream.open(headOf(request), request.body().length());
        AtomicReference<@Nullable ResponseHead> seen = new AtomicReference<>();
        var alarm =
                timer.schedule(
                        () -> exchange.cancel(WholeAnswer.late(seen.get(), time)),
                        time.toNanos(),
                        TimeUnit.NANOSECONDS);
        open.add(exchange);
        try {
            if (ended) { // meanwhile, and may have missed this exchange
                throw JsonFailures.lost();
            }
            sendRequest(exchange, request.body());
            return WholeAnswer.collect(exchange, seen, body, limits);
        } finally {
            open.remove(exchange);
            alarm.cancel(false);
            exchange.cancel(ExchangeException.of(ErrorCode.CANCELLED));
        }
    }

    /** What counts is the body that came, not what the server says about it. */
    private static RequestHead headOf(JsonMessage.Request request) {
        // Neither is carried in this mode.
        RequestHead head = HeadFields.withoutTrailer(HeadFields.withoutUpgrade(request.head()));
        Fields fields = head.fields();
        int length = request.body().length();
        return length == 0 && !fields.contains("Content-Length")
                ? head
                : head.with(
                        fields.toBuilder().set("Content-Length", Integer.toString(length)).build());
    }

    /** A large body is sent beside receiving: a service may answer while it still reads. */
    private static void sendRequest(Exchange exchange, Bytes body)
            throws ExchangeException, InterruptedException {
        if (body.length() <= WholeAnswer.PIECE) {
            sendAll(exchange, body);
            return;
        }
        start(
                "tunnel-request-body",
                () -> {
                    try {
                        sendAll(exchange, body);
                    } catch (ExchangeException e) {
                        exchange.cancel(e); // the receiving thread reports it
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    private static void sendAll(Exchange exchange, Bytes body)
            throws ExchangeException, InterruptedException {
        for (int at = 0; at < body.length(); at += WholeAnswer.PIECE) {
            Bytes piece = body.slice(at, Math.min(body.length(), at + WholeAnswer.PIECE));
            if (!exchange.send(piece)) {
                break;
            }
        }
        exchange.endRequest(Fields.EMPTY);
    }

    private void sendAnswer(JsonMessage.Request request, ResponseHead head, BodyBuffer buffer)
            throws ExchangeException, InterruptedException {
        String id = request.id();
        boolean numeric = request.numericId();
        try {
            boolean sent =
                    sender.send(
                            buffer,
                            new Turns.Wait(), // the link's end ends it: those before it fail
                            body ->
                                    JsonCodec.encode(
                                            new JsonMessage.Response(id, numeric, head, body)));
            if (!sent) {
                throw JsonFailures.outOfBudget();
            }
        } catch (IOException e) {
            broke();
        }
    }

    /** The reader sees the same end of the link, and reports it. */
    private void broke() {
        link.close(CloseCode.GOING_AWAY, "the link broke");
    }

    private void sendAnswer(String id, boolean numericId, WholeAnswer answer) {
        var response = new JsonMessage.Response(id, numericId, answer.head(), answer.body());
        try {
            link.send(new Message.Text(JsonCodec.encode(response)));
        } catch (IOException e) {
            broke();
        }
    }

    /**
     * Takes no more requests, and waits until the open ones are answered, but not for longer.
     *
     * @return whether all are
     */
    @Override
    public boolean drain(Duration atMost) throws InterruptedException {
        draining = true;
        int all = limits.streams();
        if (!streams.tryAcquire(all, atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        streams.release(all);
        return true;
    }
}
