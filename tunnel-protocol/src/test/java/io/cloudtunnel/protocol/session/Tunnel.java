package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

/** Both ends of a session, joined by two ends of a link. */
final class Tunnel implements AutoCloseable {

    static ExchangeException gone() {
        return new ExchangeException(ErrorCode.CANCELLED, "gone");
    }

    final MemoryBudget serverBudget;
    final MemoryBudget agentBudget;
    final SessionUpstream upstream;
    final SessionResponder responder;
    final Link serverLink;
    private final Future<Boolean> server;
    private final Future<Boolean> agent;

    Tunnel(Upstream local) {
        this(MemoryLink.pair(), local);
    }

    private Tunnel(MemoryLink.Pair pair, Upstream local) {
        this(pair.server(), pair.agent(), local, Greeting.DEFAULT, 256L << 20);
    }

    Tunnel(Link serverLink, Link agentLink, Upstream local, Greeting own, long budget) {
        Limits limits = Limit.streams(1000);
        this.serverLink = serverLink;
        serverBudget = new MemoryBudget(budget);
        agentBudget = new MemoryBudget(budget);
        upstream = new SessionUpstream(serverLink, own, limits, serverBudget, ServerSide.PATROL);
        responder = new SessionResponder(agentLink, local, own, limits, agentBudget, (m, r) -> {});
        server =
                ServerSide.start(() -> {
                    upstream.serve();
                    return true;
                });
        agent =
                ServerSide.start(() -> {
                    responder.serve();
                    return true;
                });
    }

    /** What a whole exchange gave. */
    record Answer(ResponseHead head, Bytes body, Fields trailers) {}

    /** Sends a body in pieces on a thread of its own, and receives on this one. */
    Answer exchange(RequestHead head, long length, List<Bytes> pieces) throws Exception {
        Exchange exchange = upstream.open(head, length);
        try {
            Future<Boolean> sender =
                    ServerSide.start(() -> {
                        for (Bytes piece : pieces) {
                            if (!exchange.send(piece)) {
                                return false;
                            }
                        }
                        exchange.endRequest(Fields.EMPTY);
                        return true;
                    });
            ResponseHead answer = exchange.receiveHead();
            while (answer.isInterim()) {
                answer = exchange.receiveHead();
            }
            List<Bytes> body = new ArrayList<>();
            for (Bytes p = exchange.receive(); p != null; p = exchange.receive()) {
                body.add(p);
            }
            ServerSide.get(sender);
            return new Answer(answer, Bytes.join(body), exchange.responseTrailers());
        } finally {
            exchange.cancel(gone());
        }
    }

    /** All is released, whatever the test did. */
    @Override
    public void close() {
        serverLink.close(1000, "");
        ServerSide.awaitEnd(server);
        ServerSide.awaitEnd(agent);
        try {
            assertTrue(responder.drain(Duration.ofSeconds(20)), "a request did not end");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertEquals(0, upstream.openExchanges());
        assertEquals(0, serverBudget.usedBytes());
        assertEquals(0, agentBudget.usedBytes());
    }
}
