package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

/** The server's side of a link in binary mode, and an agent that does what a test says. */
final class BinaryServer implements AutoCloseable {

    final MemoryBudget budget;
    final SessionUpstream upstream;
    final MemoryLink link;
    final BinaryPeer agent;
    private final Future<Boolean> reader;
    private final List<Exchange> opened = new ArrayList<>();

    BinaryServer() {
        this(Greeting.DEFAULT, Limit.streams(1000), new MemoryBudget(64 << 20));
    }

    BinaryServer(Greeting own, Limits limits, MemoryBudget budget) {
        MemoryLink.Pair pair = MemoryLink.pair();
        this.budget = budget;
        this.link = pair.server();
        this.agent = new BinaryPeer(pair.agent());
        this.upstream = new SessionUpstream(link, own, limits, budget, ServerSide.PATROL);
        this.reader = ServerSide.start(() -> serve(upstream));
    }

    private static boolean serve(SessionUpstream upstream) throws IOException {
        upstream.serve();
        return true;
    }

    BinaryServer greeted() throws IOException {
        agent.hello();
        return this;
    }

    /** A request that travels in frames: it has a field that JSON form cannot carry. */
    Exchange open(String method, String path, long bodyLength) throws Exception {
        return open(RequestHead.of(method, path, Fields.of("X-Byte", "\u00e9")), bodyLength);
    }

    Exchange open(RequestHead head, long bodyLength) throws Exception {
        Exchange exchange = upstream.open(head, bodyLength);
        synchronized (opened) {
            opened.add(exchange);
        }
        return exchange;
    }

    /** A GET that the agent has got. */
    Exchange get(String path) throws Exception {
        Exchange exchange = open("GET", path, 0);
        exchange.endRequest(Fields.EMPTY);
        agent.next(Frame.Req.class);
        return exchange;
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
        synchronized (opened) {
            opened.forEach(e -> e.cancel(new ExchangeException(ErrorCode.CANCELLED, "test")));
        }
        assertEquals(0, upstream.openExchanges());
        assertEquals(0, budget.usedBytes());
    }
}
