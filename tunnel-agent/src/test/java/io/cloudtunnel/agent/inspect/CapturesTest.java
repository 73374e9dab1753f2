package io.cloudtunnel.agent.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is kept of the last requests, and that it is never more than the docs say. */
@Timeout(20)
class CapturesTest {

    private final ExchangeException broken =
            new ExchangeException(ErrorCode.LOCAL_BROKEN, "broken");

    private final Captures captures = new Captures();

    private static RequestHead post(String target) {
        return RequestHead.of("POST", target, Fields.of("Cookie", "a=b", "X-Request-Id", "id"));
    }

    private static ResponseHead ok() {
        return new ResponseHead(200, Fields.of("Content-Type", "text/plain"));
    }

    private Exchange exchange(RequestHead head, long length, Exchange of) throws Exception {
        return new CapturedUpstream((h, l) -> of, captures).open(head, length);
    }

    private Capture newest() throws Exception {
        return captures.view(-1, 0).all().getFirst();
    }

    private static void readOn(Exchange exchange) throws Exception {
        while (exchange.receive() != null) {
            // to the end
        }
    }

    @Test
    void allOfASmallRequestIsKept() throws Exception {
        Played local =
                new Played(
                        List.of(new ResponseHead(103, Fields.EMPTY), ok()),
                        Bytes.latin1("an "),
                        Bytes.latin1("answer"));
        Exchange exchange = exchange(post("/a?b"), 5, local);
        assertNotNull(newest().notAgain(), "not before it has come whole");
        assertTrue(exchange.send(Bytes.latin1("he")));
        assertTrue(exchange.send(Bytes.latin1("llo")));
        exchange.endRequest(Fields.of("X-T", "t"));
        exchange.receiveHead();
        assertEquals(200, exchange.receiveHead().status());
        assertFalse(newest().isOver());
        readOn(exchange);
        exchange.cancel(broken); // as whoever opened it does in the end
        Capture capture = newest();
        assertEquals("POST /a?b", capture.head().method() + " " + capture.head().target());
        assertEquals("a=b", capture.head().fields().first("Cookie"));
        assertEquals("hello", capture.requestBody().known().start().latin1());
        assertEquals("an answer", capture.responseBody().known().start().latin1());
        assertTrue(capture.responseBody().known().whole());
        assertEquals(List.of(103), capture.interim());
        assertEquals("t", capture.requestTrailers().fields().first("X-T"));
        assertEquals("1", capture.responseTrailers().fields().first("X-Sum"));
        Capture.Times times = capture.times();
        assertTrue(0 <= times.connected() && times.connected() <= times.sent(), times::toString);
        assertTrue(times.sent() <= times.answered() && times.answered() <= times.ended());
        assertTrue(capture.isOver());
        assertNull(capture.failure());
        assertNull(capture.notAgain());
    }

    @Test
    void itsFailureIsKept() throws Exception {
        Played local = new Played(List.of(ok()), Bytes.latin1("half"));
        Exchange exchange = exchange(post("/"), 0, local);
        exchange.endRequest(Fields.EMPTY);
        exchange.receiveHead();
        exchange.receive();
        local.failure = broken;
        assertThrows(ExchangeException.class, exchange::receive);
        assertEquals(ErrorCode.LOCAL_BROKEN, newest().failure());
        assertFalse(newest().responseBody().known().whole());
    }

    @Test
    void oneThatCouldNotBeginIsKeptAndCanBeSentAgainWithoutABody() {
        CapturedUpstream upstream =
                new CapturedUpstream(
                        (head, length) -> {
                            throw new ExchangeException(ErrorCode.LOCAL_UNREACHABLE, "down");
                        },
                        captures);
        for (long length : new long[] {0, 3}) {
            assertThrows(ExchangeException.class, () -> upstream.open(post("/"), length));
        }
        Capture without = captures.find(1);
        Capture with = captures.find(2);
        assertTrue(without != null && with != null);
        assertEquals(ErrorCode.LOCAL_UNREACHABLE, with.failure());
        assertNull(without.notAgain());
        assertEquals("its body has not come whole", with.notAgain());
    }

    @Test
    void whatWasDroppedOrIsTooLongIsNotSentAgain() throws Exception {
        Played deaf = new Played(List.of(ok()));
        deaf.wanted = false;
        Exchange dropped = exchange(post("/"), 5, deaf);
        assertFalse(dropped.send(Bytes.latin1("hello")));
        dropped.endRequest(Fields.EMPTY);
        assertEquals("its body has not come whole", newest().notAgain());

        Exchange longer = exchange(post("/"), 16385, new Played(List.of(ok())));
        longer.send(Bytes.wrap(new byte[16384]));
        longer.send(Bytes.wrap(new byte[1]));
        longer.endRequest(Fields.EMPTY);
        assertEquals("its body has more than the 16384 bytes that are kept", newest().notAgain());

        exchange(post("/" + "x".repeat(8192)), 0, new Played(List.of(ok())));
        assertEquals("its head was too large to be kept whole", newest().notAgain());

        RequestHead upgrade = RequestHead.of("GET", "/", Fields.of("Upgrade", "websocket"));
        exchange(upgrade, 0, new Played(List.of(ok())));
        assertEquals("it asks for another protocol", newest().notAgain());
    }

    /** Both directions of an upgraded connection go on after each other's end. */
    @Test
    void anUpgradedConnectionIsOverWithItsSecondDirection() throws Exception {
        RequestHead upgrade = RequestHead.of("GET", "/", Fields.of("Upgrade", "websocket"));
        Played local = new Played(List.of(new ResponseHead(101, Fields.EMPTY)));
        Exchange exchange = exchange(upgrade, 0, local);
        exchange.receiveHead();
        readOn(exchange);
        assertFalse(newest().isOver());
        exchange.send(Bytes.latin1("frame"));
        exchange.endRequest(Fields.EMPTY);
        assertTrue(newest().isOver());
        assertEquals("frame", newest().requestBody().known().start().latin1());
    }

    /** Docs/inspect.md: 96 KiB for one, less than 5 MiB for all. */
    @Test
    void whateverGoesThroughNoMoreIsKept() throws Exception {
        assertEquals(96 * 1024, Capture.MOST_BYTES);
        Fields.Builder many = Fields.builder();
        for (int i = 0; i < 1000; i++) {
            many.add("X-Field-" + i, "v".repeat(i % 60));
        }
        Fields fields = many.build();
        ResponseHead answer = new ResponseHead(200, "r".repeat(60_000), fields);
        RequestHead head = RequestHead.of("M".repeat(9000), "/" + "t".repeat(60_000), fields);
        Bytes piece = Bytes.wrap(new byte[10_000]);
        for (int i = 0; i < 60; i++) {
            Exchange exchange = exchange(head, -1, new Played(List.of(answer), piece, piece));
            for (int j = 0; j < 5; j++) {
                exchange.send(piece);
            }
            exchange.endRequest(fields);
            exchange.receiveHead();
            readOn(exchange);
        }
        List<Capture> all = captures.view(-1, 0).all();
        assertEquals(50, all.size());
        assertEquals(60, all.getFirst().number());
        assertNull(captures.find(10));
        long bytes = 0;
        for (Capture each : all) {
            assertTrue(each.bytes() <= Capture.MOST_BYTES, each.bytes() + " bytes");
            assertTrue(each.bytes() > 80 * 1024, "as much as may be: " + each.bytes());
            assertEquals(50_000, each.requestBody().known().length());
            assertEquals(16 * 1024, each.requestBody().known().start().length());
            assertTrue(each.leftOut() > 800 && each.answerLeftOut() > 800);
            bytes += each.bytes();
        }
        assertTrue(bytes < 5 * 1024 * 1024, bytes + " bytes");
    }

    @Test
    void whoWaitsIsToldOfWhatIsNew() throws Exception {
        long version = captures.view(-1, 0).version();
        List<Captures.View> seen = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(1);
        Thread waiter =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                begun.countDown();
                                seen.add(captures.view(version, TimeUnit.SECONDS.toNanos(15)));
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        begun.await();
        captures.begin(post("/new"), 0, 0);
        waiter.join();
        assertEquals("/new", seen.getFirst().all().getFirst().head().path());
        assertTrue(seen.getFirst().version() != version);
    }

    /** The answer can be over before the thread that has sent the request goes on. */
    @Test
    void whatIsAnsweredAtOnceIsKeptWhole() throws Exception {
        Played local =
                new Played(List.of(ok())) {
                    @Override
                    public boolean send(Bytes piece) {
                        Capture capture = captures.find(1);
                        assertNotNull(capture);
                        assertEquals("hello", capture.requestBody().known().start().latin1());
                        assertNull(capture.notAgain());
                        return true;
                    }
                };
        assertTrue(exchange(post("/"), 5, local).send(Bytes.latin1("hello")));
    }

    @Test
    void anEarlyAnswerMayBeOverBeforeItsRequest() throws Exception {
        Exchange exchange = exchange(post("/"), -1, new Played(List.of(ok())));
        exchange.receiveHead();
        readOn(exchange);
        assertTrue(newest().isOver());
        assertTrue(exchange.send(Bytes.latin1("hello")));
        assertNotNull(newest().notAgain());
        long version = captures.view(-1, 0).version();
        exchange.endRequest(Fields.EMPTY);
        assertTrue(captures.view(-1, 0).version() != version);
        assertNull(newest().notAgain());
    }

    @Test
    void noMoreThanEightWait() throws Exception {
        long version = captures.view(-1, 0).version();
        CountDownLatch over = new CountDownLatch(Captures.MOST_WAITING);
        for (int i = 0; i < Captures.MOST_WAITING; i++) {
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            captures.view(version, TimeUnit.MINUTES.toNanos(1));
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        over.countDown();
                    });
        }
        while (captures.waiting() < Captures.MOST_WAITING) {
            Thread.onSpinWait();
        }
        // The ninth has its answer at once; the test's time limit would end it otherwise.
        assertEquals(version, captures.view(version, TimeUnit.MINUTES.toNanos(1)).version());
        assertEquals(Captures.MOST_WAITING, over.getCount());
        captures.close();
        over.await();
    }

    @Test
    void whatIsClearedIsGone() throws Exception {
        Exchange open = exchange(post("/"), 0, new Played(List.of(ok())));
        captures.clear();
        open.endRequest(Fields.EMPTY);
        assertEquals(List.of(), captures.view(-1, 0).all());
        assertNull(captures.find(1));
    }
}
