package io.cloudtunnel.agent.local;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.Patrol;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Work of this program as a local service: what the tunnel sees of it, and it of the tunnel. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InProcessServiceTest {

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private @Nullable InProcessService service;

    private InProcessService serve(InProcessService.Work work) {
        return serve(work, Limits.DEFAULT, 100);
    }

    private InProcessService serve(InProcessService.Work work, Limits limits, int most) {
        InProcessService made = new InProcessService(work, limits, most, new Patrol(timer));
        service = made;
        return made;
    }

    private InProcessService service() {
        return Objects.requireNonNull(service);
    }

    @AfterEach
    void close() {
        service().close();
        timer.shutdownNow();
    }

    private Exchange ask(String method, long length) throws Exception {
        RequestHead head = RequestHead.of(method, "/a%20b?c", Fields.of("X", "y", "Upgrade", "z"));
        return service().open(length == 0 ? head : head.with(Fields.of("X", "y")), length);
    }

    private static String body(Exchange exchange) throws Exception {
        StringBuilder all = new StringBuilder();
        Bytes piece = exchange.receive();
        while (piece != null) {
            all.append(piece.latin1());
            piece = exchange.receive();
        }
        return all.toString();
    }

    private static ResponseHead ok(String... fields) {
        return new ResponseHead(200, Fields.of(fields));
    }

    private static ErrorCode code(ThrowingCall call) {
        return assertThrows(ExchangeException.class, call::run).code();
    }

    private interface ThrowingCall {
        void run() throws Exception;
    }

    @Test
    void bodiesAreStreamedBothWays() throws Exception {
        serve(work -> {
            assertEquals("/a%20b?c", work.asked().target());
            OutputStream out = work.answer(ok("A", "b"));
            byte[] piece = new byte[1000];
            int count = work.body().read(piece);
            var in = work.body();
            while (count >= 0) {
                out.write(piece, 0, count);
                count = in.read(piece);
            }
        });
        Exchange exchange = ask("POST", Exchange.UNKNOWN_LENGTH);
        assertEquals("b", exchange.receiveHead().fields().first("A"));
        assertTrue(exchange.send(Bytes.latin1("one")));
        assertEquals(Bytes.latin1("one"), exchange.receive()); // while the request still goes on
        assertTrue(exchange.send(Bytes.latin1("two")));
        exchange.endRequest(Fields.EMPTY);
        assertEquals("two", body(exchange));
    }

    @Test
    void aSmallAnswerIsThereAtOnce() throws Exception {
        serve(work -> work.answer(ok("Content-Length", "5"), Bytes.latin1("hello")));
        Exchange exchange = ask("GET", 0);
        exchange.receiveHead();
        assertEquals(5, exchange.readyBytes());
        assertEquals("hello", body(exchange));
    }

    @Test
    void aLargeAnswerComesInPieces() throws Exception {
        byte[] large = new byte[300_000];
        serve(work -> work.answer(ok(), Bytes.wrap(large)));
        Exchange exchange = ask("GET", 0);
        exchange.receiveHead();
        assertArrayEquals(large, body(exchange).getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void anAnswerWithoutABody() throws Exception {
        serve(work -> work.answer(ok("Content-Length", "5"), Bytes.latin1("hello")));
        Exchange exchange = ask("HEAD", 0);
        assertEquals("5", exchange.receiveHead().fields().first("Content-Length"));
        assertNull(exchange.receive());
    }

    @Test
    void theRestOfARequestIsDroppedOnceItIsAnswered() throws Exception {
        serve(work -> work.answer(new ResponseHead(413, Fields.EMPTY), Bytes.EMPTY));
        Exchange exchange = ask("POST", 1 << 30);
        assertEquals(413, exchange.receiveHead().status());
        assertNull(exchange.receive());
        while (exchange.send(Bytes.latin1("x"))) {
            // The first piece may have been taken before.
        }
    }

    @Test
    void anUpgradeIsNotSeen() throws Exception {
        CompletableFuture<Boolean> seen = new CompletableFuture<>();
        serve(work -> {
            seen.complete(work.asked().fields().contains("Upgrade"));
            work.answer(ok(), Bytes.EMPTY);
        });
        Exchange exchange = ask("GET", 0);
        assertEquals(200, exchange.receiveHead().status());
        exchange.endRequest(Fields.EMPTY);
        assertFalse(seen.get());
    }

    @Test
    void noAnswerIsAnError() throws Exception {
        serve(work -> {});
        assertEquals(ErrorCode.LOCAL_BROKEN, code(() -> ask("GET", 0).receiveHead()));
    }

    @Test
    void whatItThrowsIsAnError() throws Exception {
        serve(work -> {
            throw new IllegalStateException("on purpose");
        });
        assertEquals(ErrorCode.LOCAL_BROKEN, code(() -> ask("GET", 0).receiveHead()));
    }

    @Test
    void lessThanStatedNeverLooksComplete() throws Exception {
        serve(work -> work.answer(ok("Content-Length", "5")).write(new byte[3]));
        Exchange exchange = ask("GET", 0);
        assertEquals(
                ErrorCode.LOCAL_BROKEN,
                code(() -> {
                    exchange.receiveHead();
                    body(exchange);
                }));
    }

    @Test
    void moreThanStatedThrows() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        serve(work -> {
            OutputStream out = work.answer(ok("Content-Length", "5"));
            out.write(new byte[5]);
            thrown.complete(assertThrows(IOException.class, () -> out.write(0)));
        });
        Exchange exchange = ask("GET", 0);
        exchange.receiveHead();
        assertEquals(5, body(exchange).length());
        assertTrue(thrown.get().toString().contains("longer"), thrown.get()::toString);
    }

    @Test
    void fieldsThatWouldBreakAMessageAreRefused() throws Exception {
        serve(work -> {
            assertThrows(IllegalArgumentException.class, () -> work.answer(ok("A", "b\r\nC: d")));
            assertThrows(IllegalArgumentException.class, () -> work.answer(ok("A B", "c")));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> work.answer(new ResponseHead(101, Fields.EMPTY)));
            work.answer(ok("Cloudtunnel-Error", "x", "Connection", "close"), Bytes.EMPTY);
        });
        assertEquals(0, ask("GET", 0).receiveHead().fields().size());
    }

    @Test
    void whoeverCancelsEndsTheWork() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CompletableFuture<Exception> ended = new CompletableFuture<>();
        serve(work -> {
            began.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                ended.complete(e);
                throw e;
            }
        });
        Exchange exchange = ask("GET", 0);
        began.await();
        exchange.cancel(new ExchangeException(ErrorCode.CANCELLED, "gone"));
        ended.get(1, TimeUnit.SECONDS);
        assertEquals(ErrorCode.CANCELLED, code(exchange::receiveHead));
    }

    @Test
    void aReadOfTheBodyEndsToo() throws Exception {
        CompletableFuture<Exception> ended = new CompletableFuture<>();
        serve(work -> ended.complete(assertThrows(IOException.class, () -> work.body().read())));
        Exchange exchange = ask("POST", 10);
        exchange.cancel(new ExchangeException(ErrorCode.CANCELLED, "gone"));
        ended.get(1, TimeUnit.SECONDS);
    }

    @Test
    void theTimeToTheHeadIsLimited() throws Exception {
        Duration second = Duration.ofSeconds(1);
        serve(work -> new CountDownLatch(1).await(), LocalFixture.limits(second, second), 1);
        Exchange exchange = ask("POST", 1);
        exchange.send(Bytes.latin1("x"));
        exchange.endRequest(Fields.EMPTY);
        assertEquals(ErrorCode.LOCAL_TIMEOUT, code(exchange::receiveHead));
    }

    @Test
    void requestsAtATimeAreLimited() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        serve(
                work -> {
                    held.await();
                    work.answer(ok(), Bytes.EMPTY);
                },
                Limits.DEFAULT,
                1);
        Exchange first = ask("GET", 0);
        assertEquals(ErrorCode.TOO_MANY_STREAMS, code(() -> ask("GET", 0)));
        held.countDown();
        assertEquals(200, first.receiveHead().status());
        assertNull(first.receive()); // the work has ended, its place is free soon after
        while (service().working() > 0) {
            Thread.onSpinWait();
        }
        assertEquals(200, ask("GET", 0).receiveHead().status());
    }
}
