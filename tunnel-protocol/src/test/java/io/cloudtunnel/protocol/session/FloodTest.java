package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Does a peer that floods cost more than its own link, or more than what is set? */
@Timeout(60)
class FloodTest {

    private static final int STREAMS = 10;
    private static final int FLOOD = 2000;

    /** Handlers may be busy for a while after their streams have ended: a quarter more. */
    private static final int HANDLERS = STREAMS * 5 / 4 + 1;

    /** A local service that does not notice for long that it has been cancelled. */
    private static final class Deaf implements Upstream {
        private final CountDownLatch released = new CountDownLatch(1);
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        @Override
        public Exchange open(RequestHead head, long bodyLength) throws InterruptedException {
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
            try {
                released.await();
            } finally {
                open.decrementAndGet();
            }
            return new StalledUpstream().open(head, bodyLength);
        }
    }

    private static Greeting streams(int streams) {
        Greeting all = Greeting.DEFAULT;
        return new Greeting(
                streams, all.headMax(), all.window(), 4096, all.textMax(), "", "", false, "");
    }

    private static Frame.Req req(int id) {
        RequestHead head = RequestHead.of("POST", "/", Fields.EMPTY);
        return new Frame.Req(id, 1 << 16, head, false, false);
    }

    @Test
    void opensAndCancelsKeepNoMoreBusyThanIsSetAndOthersGoOn() throws Exception {
        var budget = new MemoryBudget(16 << 20);
        var deaf = new Deaf();
        var limits = Limit.streams(STREAMS);
        try (var flooded = new BinaryAgent(deaf, streams(STREAMS), limits, budget).greeted()) {
            try {
                for (int i = 1; i <= FLOOD; i++) {
                    flooded.server.send(req(i), new Frame.Reset(i, Reason.CANCELLED, ""));
                }
                int refused = 0;
                for (Object frame : flooded.server.settle()) {
                    var refusal = assertInstanceOf(Frame.Refused.class, frame);
                    assertEquals(Reason.TOO_MANY_STREAMS, refusal.reason());
                    refused++;
                }
                assertEquals(FLOOD - HANDLERS, refused);
                assertTrue(deaf.most.get() <= HANDLERS, "at a time: " + deaf.most);
                assertTrue(
                        budget.usedBytes() < HANDLERS * 256L * 1024, "held: " + budget.usedBytes());
                anotherLinkIsServed(budget);
            } finally {
                deaf.released.countDown();
            }
        }
    }

    /** Within the same budget. */
    private static void anotherLinkIsServed(MemoryBudget budget) throws Exception {
        long before = budget.usedBytes();
        var local = new ScriptedUpstream();
        MemoryLink.Pair pair = MemoryLink.pair();
        var server = new BinaryPeer(pair.server());
        var other =
                new SessionResponder(
                        pair.agent(),
                        local,
                        streams(STREAMS),
                        Limit.streams(STREAMS),
                        budget,
                        (millis, reason) -> {});
        Future<Boolean> reader =
                ServerSide.start(() -> {
                    other.serve();
                    return true;
                });
        server.hello();
        RequestHead head = RequestHead.of("GET", "/", Fields.EMPTY);
        server.send(new Frame.Req(1, 1 << 16, head, true, false));
        local.next().then(new ResponseHead(204, Fields.EMPTY), Bytes.EMPTY);
        server.next();
        assertTrue(other.drain(Limit.LONG));
        assertEquals(before, budget.usedBytes());
        pair.agent().close(1000, "");
        ServerSide.awaitEnd(reader);
    }

    /** What the peer makes us say, and does not read, is not kept without end. */
    @Test
    void aPeerThatReadsNoneOfItsRefusalsLosesItsLink() throws Exception {
        MemoryLink.Pair pair = MemoryLink.pair();
        MemoryLink server = pair.server().scripted();
        var budget = new MemoryBudget(1 << 20);
        var responder =
                new SessionResponder(
                        pair.agent(),
                        new StalledUpstream(),
                        Greeting.DEFAULT,
                        Limit.streams(STREAMS),
                        budget,
                        (millis, reason) -> {});
        Future<Boolean> reader =
                ServerSide.start(() -> {
                    responder.serve();
                    return true;
                });
        int sent = 0;
        try {
            server.send(message(new Frame.Hello(Greeting.DEFAULT)));
            for (int id = 1; id <= 10_000; id++) {
                RequestHead bad = RequestHead.of("G T", "/", Fields.EMPTY);
                server.send(message(new Frame.Req(id, 1 << 16, bad, true, false)));
                sent++;
            }
        } catch (IOException e) {
            assertEquals("closed", e.getMessage());
        }
        ServerSide.awaitEnd(reader);
        assertEquals(
                "4004 the peer leaves too much unread",
                server.closeCode() + " " + server.closeReason());
        assertTrue(sent > 4000 && sent < 5000, "after " + sent);
        assertEquals(0, budget.usedBytes());
    }

    private static Message message(Frame frame) {
        List<Bytes> parts = new ArrayList<>();
        BinaryCodec.encode(frame, parts);
        return new Message.Binary(Bytes.join(parts));
    }
}
