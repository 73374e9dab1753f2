package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.frame.RequestHead;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;

/** The agent's side of a link in binary mode, and a server that does what a test says. */
final class BinaryAgent implements AutoCloseable {

    /** What the server said about its link. */
    record Left(long millis, Reason reason) {}

    final MemoryBudget budget;
    final SessionResponder responder;
    final MemoryLink link;
    final BinaryPeer server;
    final LinkedBlockingQueue<Left> left = new LinkedBlockingQueue<>();
    private final Future<Boolean> reader;

    BinaryAgent(Upstream local) {
        this(local, Greeting.DEFAULT, Limit.streams(1000), new MemoryBudget(64 << 20));
    }

    BinaryAgent(Upstream local, Greeting own, Limits limits, MemoryBudget budget) {
        MemoryLink.Pair pair = MemoryLink.pair();
        this.budget = budget;
        this.link = pair.agent();
        this.server = new BinaryPeer(pair.server());
        this.responder =
                new SessionResponder(
                        link,
                        local,
                        own,
                        limits,
                        budget,
                        (millis, reason) -> left.add(new Left(millis, reason)));
        this.reader = ServerSide.start(() -> serve(responder));
    }

    private static boolean serve(SessionResponder responder) throws IOException {
        responder.serve();
        return true;
    }

    BinaryAgent greeted() throws IOException {
        server.hello();
        return this;
    }

    /** A request without a body, in a frame. */
    void get(int id) throws IOException {
        request(id, "GET", Fields.EMPTY, true);
    }

    void request(int id, String method, Fields fields, boolean end) throws IOException {
        RequestHead head = RequestHead.of(method, "/" + id, fields);
        server.send(new Frame.Req(id, 64 * 1024, head, end, false));
    }

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
    }
}
