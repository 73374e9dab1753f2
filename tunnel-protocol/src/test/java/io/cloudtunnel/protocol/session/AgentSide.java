package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.JsonCodec;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** The agent's side of a link, and at its other end a server that does what a test says. */
final class AgentSide implements AutoCloseable {

    final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    final MemoryBudget budget;
    final JsonResponder responder;
    final MemoryLink link;
    final MemoryLink server;
    private final Future<Boolean> reader;

    AgentSide(Upstream local, Limits limits) {
        this(local, limits, new MemoryBudget(64 << 20));
    }

    AgentSide(Upstream local, Limits limits, MemoryBudget budget) {
        timer.setRemoveOnCancelPolicy(true);
        MemoryLink.Pair pair = MemoryLink.pair();
        this.budget = budget;
        this.link = pair.agent();
        this.server = pair.server().scripted();
        this.responder = new JsonResponder(link, local, limits, budget, timer);
        this.reader = ServerSide.start(() -> serve(responder));
    }

    private static boolean serve(JsonResponder responder) throws IOException {
        responder.serve();
        return true;
    }

    /** Sends a request; {@code members} stand behind its id. */
    void request(String id, String members) throws IOException {
        server.sendText("{\"type\":\"req\",\"req_id\":" + id + members + "}");
    }

    void get(String id) throws IOException {
        request("\"" + id + "\"", ",\"method\":\"GET\",\"path\":\"/" + id + "\"");
    }

    /** The next answer at the server. */
    JsonMessage.Response answer() throws IOException {
        Message message = server.receive();
        if (message == null) {
            throw new AssertionError("the link has ended");
        }
        return assertInstanceOf(JsonMessage.Response.class, JsonCodec.decode(message.payload()));
    }

    /** Checks that an answer is the agent's own failure (docs/protocol.md, 4.6). */
    static void assertFailure(ErrorCode code, JsonMessage.Response answer) {
        assertEquals(code.token(), answer.head().fields().first("Cloudtunnel-Error"));
        assertEquals(code.status(), answer.head().status());
        assertEquals("text/plain; charset=utf-8", answer.head().fields().first("Content-Type"));
        assertTrue(answer.body().utf8().startsWith(code.text()), answer.body()::utf8);
    }

    /** How the reader ended: by an exception, or else true. */
    boolean ended() throws Exception {
        return ServerSide.get(reader);
    }

    /** All is released, whatever the test did. */
    @Override
    public void close() {
        link.close(1000, "");
        ServerSide.awaitEnd(reader);
        try {
            assertTrue(responder.drain(Duration.ofSeconds(20)), "a request did not end");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertEquals(0, budget.usedBytes());
        assertTrue(timer.getQueue().isEmpty());
        timer.shutdownNow();
    }
}
