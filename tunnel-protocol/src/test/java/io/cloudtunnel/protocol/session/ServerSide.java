package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.JsonCodec;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.function.Executable;

/** The server's side of a link, and at its other end an agent that does what a test says. */
final class ServerSide implements AutoCloseable {

    /** Of all tests: what it looks after is theirs. */
    static final Patrol PATROL =
            new Patrol(
                    Executors.newSingleThreadScheduledExecutor(
                            Thread.ofPlatform().daemon().name("test-patrol").factory()));

    final MemoryBudget budget;
    final JsonUpstream upstream;
    final MemoryLink link;
    final MemoryLink agent;
    private final Future<Boolean> reader;

    ServerSide(Limits limits) {
        this(limits, new MemoryBudget(64 << 20));
    }

    ServerSide(Limits limits, MemoryBudget budget) {
        MemoryLink.Pair pair = MemoryLink.pair();
        this.budget = budget;
        this.link = pair.server();
        this.agent = pair.agent().scripted();
        this.upstream = new JsonUpstream(link, limits, budget);
        this.reader = start(() -> serve(upstream));
    }

    private static boolean serve(JsonUpstream upstream) throws IOException {
        upstream.serve();
        return true;
    }

    static <T> Future<T> start(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        Thread.ofVirtual().name("test").start(future);
        return future;
    }

    static <T> T get(Future<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(20, TimeUnit.SECONDS);
    }

    static RequestHead get(String path) {
        return RequestHead.of("GET", path, Fields.EMPTY);
    }

    Exchange open(String path) throws Exception {
        return upstream.open(get(path), 0);
    }

    /** A request that has been sent. */
    Exchange sent(String path, Bytes body) throws Exception {
        Exchange exchange = upstream.open(get(path), body.length());
        exchange.send(body);
        exchange.endRequest(Fields.EMPTY);
        return exchange;
    }

    Exchange sent(String path) throws Exception {
        return sent(path, Bytes.EMPTY);
    }

    /** The next request at the agent. */
    JsonMessage.Request request() throws IOException {
        Message message = agent.receive();
        if (message == null) {
            throw new AssertionError("the link has ended");
        }
        return assertInstanceOf(JsonMessage.Request.class, JsonCodec.decode(message.payload()));
    }

    void answer(String id, int status, Fields fields, String body) throws IOException {
        var head = new ResponseHead(status, fields);
        Bytes text = JsonCodec.encode(new JsonMessage.Response(id, head, Bytes.utf8(body)));
        start(
                        () -> {
                            agent.send(new Message.Text(text));
                            return true;
                        })
                .state();
    }

    void answer(String id, String body) throws IOException {
        answer(id, 200, Fields.EMPTY, body);
    }

    void sendText(String text) {
        start(
                        () -> {
                            agent.sendText(text);
                            return true;
                        })
                .state();
    }

    static String body(Exchange exchange) throws Exception {
        Bytes piece = exchange.receive();
        String body = piece == null ? "" : piece.utf8();
        assertEquals(null, exchange.receive());
        return body;
    }

    static void assertFails(ErrorCode code, Executable call) {
        ExchangeException e = assertThrows(ExchangeException.class, call);
        assertEquals(code, e.code());
        assertEquals(code.text(), e.text().substring(0, code.text().length()));
    }

    /** How the reader ended: by an exception, or else true. */
    boolean ended() throws Exception {
        return get(reader);
    }

    /** All is released, whatever the test did. */
    @Override
    public void close() {
        link.close(1000, "");
        awaitEnd(reader);
        assertEquals(0, upstream.openExchanges());
        assertEquals(0, budget.usedBytes());
    }

    /** A reader ends in an orderly way, or because the link broke. */
    static void awaitEnd(Future<Boolean> reader) {
        try {
            get(reader);
        } catch (ExecutionException e) {
            assertInstanceOf(IOException.class, e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
