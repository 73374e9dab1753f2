package io.cloudtunnel.protocol.session;

import static io.cloudtunnel.protocol.session.ServerSide.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.JsonCodec;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request in JSON mode has time for: its body, its turn, its write, its answer. */
@Timeout(60)
class JsonTimesTest {

    private static final Duration SHORT = Duration.ofMillis(20);
    private static final int LARGE = 100 * 1024;

    private static Limits turnWait(Duration time) {
        return Limit.streams(9).toBuilder().turnWait(time).build();
    }

    /** The link takes one message, and the next one is stuck. */
    private static Future<Exchange> fill(ServerSide side) throws Exception {
        side.sent("/fills-the-link");
        Future<Exchange> stuck = ServerSide.start(() -> side.sent("/stuck"));
        side.link.awaitBlockedWriter();
        return stuck;
    }

    private static void assertGets(ServerSide side, String... paths) throws Exception {
        for (String path : paths) {
            JsonMessage.Request request = side.request();
            assertEquals(path, request.head().path());
            side.answer(request.id(), "");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, LARGE})
    void whoseTurnDoesNotComeWasNotSentAndNeverIs(int bytes) throws Exception {
        try (ServerSide side = new ServerSide(turnWait(SHORT))) {
            Future<Exchange> stuck = fill(side);
            var e =
                    assertThrows(
                            ExchangeException.class,
                            () -> side.sent("/late", Bytes.wrap(new byte[bytes])));
            assertEquals(ErrorCode.TOO_MANY_STREAMS, e.code());
            assertTrue(e.isUntouched());
            assertEquals(
                    "too many requests on the agent's links: its turn to be sent did not come"
                            + " within 20 ms",
                    e.text());
            assertGets(side, "/fills-the-link", "/stuck");
            ServerSide.get(stuck).receiveHead();
            Exchange next = side.sent("/next");
            assertGets(side, "/next");
            next.receiveHead();
        }
    }

    /** A request that waits for its turn, and the thread that sends it. */
    private record Waiting(Exchange exchange, Thread sender, BlockingQueue<String> end) {

        static Waiting of(ServerSide side, int bytes) throws Exception {
            Exchange exchange = side.upstream.open(ServerSide.get("/waits"), bytes);
            exchange.send(Bytes.wrap(new byte[bytes]));
            BlockingQueue<String> end = new LinkedBlockingQueue<>();
            Thread sender =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    exchange.endRequest(Fields.EMPTY);
                                    end.add("sent");
                                } catch (ExchangeException e) {
                                    end.add(e.code().token());
                                } catch (InterruptedException e) {
                                    end.add(e.toString());
                                }
                            });
            while (sender.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            return new Waiting(exchange, sender, end);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, LARGE})
    void aWaitForATurnIsNoSlownessOfTheClient(int bytes) throws Exception {
        Duration time = Duration.ofMillis(500);
        Limits limits = Limit.streams(9).toBuilder().progressTimeout(time).build();
        try (ServerSide side = new ServerSide(limits)) {
            Future<Exchange> stuck = fill(side);
            Waiting waiting = Waiting.of(side, bytes);
            Future<Integer> status =
                    ServerSide.start(() -> waiting.exchange.receiveHead().status());
            assertFails(ErrorCode.REQUEST_TIMEOUT, side.open("/slow")::receiveHead);
            assertFails(ErrorCode.REQUEST_TIMEOUT, side.open("/slow")::receiveHead);
            assertFalse(status.isDone(), "it was given up for what its client cannot help");
            assertGets(side, "/fills-the-link", "/stuck", "/waits");
            assertEquals("sent", waiting.end.take());
            assertEquals(200, ServerSide.get(status));
            ServerSide.get(stuck);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, LARGE})
    void aClientThatLeavesWaitsForNoTurn(int bytes) throws Exception {
        try (ServerSide side = new ServerSide(turnWait(Limit.LONG))) {
            Future<Exchange> stuck = fill(side);
            long before = side.budget.usedBytes();
            Waiting waiting = Waiting.of(side, bytes);
            waiting.exchange.cancel(ExchangeException.of(ErrorCode.CANCELLED));
            assertEquals("cancelled", waiting.end.take());
            waiting.sender.join();
            assertEquals(before, side.budget.usedBytes());
            assertGets(side, "/fills-the-link", "/stuck");
            ServerSide.get(stuck);
        }
    }

    @Test
    void whatWaitsWhenTheLinkBreaksWasNotSent() throws Exception {
        try (ServerSide side = new ServerSide(turnWait(Limit.LONG))) {
            Future<Exchange> stuck = fill(side);
            Waiting waiting = Waiting.of(side, LARGE);
            side.agent.cut();
            assertEquals("agent-not-connected", waiting.end.take());
            assertThrows(ExecutionException.class, () -> ServerSide.get(stuck));
        }
    }

    /** A link whose write takes as long as the test wants, and moves or not. */
    private static final class SlowLink implements Link {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch taken = new CountDownLatch(1);
        final BlockingQueue<Message> answers = new LinkedBlockingQueue<>();
        final boolean moves;
        volatile Bytes sent = Bytes.EMPTY;
        private long looks;

        SlowLink(boolean moves) {
            this.moves = moves;
        }

        @Override
        public void send(Message message) throws IOException {
            begun.countDown();
            try {
                taken.await();
                sent = message.payload();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        /** Whoever looks sees that something moved; after ten looks all has. */
        @Override
        public synchronized long bytesSent() {
            if (++looks == 10 && moves) {
                taken.countDown();
            }
            return moves ? looks : 0;
        }

        @Override
        public @Nullable Message receive() throws IOException {
            try {
                return answers.take();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public long bytesReceived() {
            return 0;
        }

        @Override
        public void close(int code, String reason) {}
    }

    @Test
    void aWriteThatMovesMayTakeAsLongAsItDoes() throws Exception {
        Limits limits = Limit.streams(9).toBuilder().progressTimeout(SHORT).build();
        var link = new SlowLink(true);
        var upstream = new JsonUpstream(link, limits, new MemoryBudget(1 << 20));
        Exchange exchange = upstream.open(ServerSide.get("/"), 0);
        Future<Boolean> sending = sending(exchange);
        link.begun.await();
        Thread reader =
                Thread.ofVirtual().start(() -> assertThrows(Exception.class, upstream::serve));
        Future<Integer> status = ServerSide.start(() -> exchange.receiveHead().status());
        assertTrue(ServerSide.get(sending));
        var request = assertInstanceOf(JsonMessage.Request.class, JsonCodec.decode(link.sent));
        var head = new ResponseHead(200, Fields.EMPTY);
        link.answers.add(
                new Message.Text(
                        JsonCodec.encode(
                                new JsonMessage.Response(request.id(), head, Bytes.EMPTY))));
        assertEquals(200, ServerSide.get(status));
        reader.interrupt();
        reader.join();
    }

    private static Future<Boolean> sending(Exchange exchange) {
        return ServerSide.start(() -> {
            exchange.endRequest(Fields.EMPTY);
            return true;
        });
    }

    @Test
    void aWriteThatDoesNotMoveIsAnAgentThatDoesNotAnswer() throws Exception {
        Limits limits = Limit.streams(9).toBuilder().progressTimeout(SHORT).build();
        var link = new SlowLink(false);
        var upstream = new JsonUpstream(link, limits, new MemoryBudget(1 << 20));
        Exchange exchange = upstream.open(ServerSide.get("/"), 0);
        Future<Boolean> sending = sending(exchange);
        link.begun.await();
        assertFails(ErrorCode.AGENT_TIMEOUT, exchange::receiveHead);
        link.taken.countDown();
        ServerSide.get(sending);
    }
}
