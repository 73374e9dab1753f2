package io.cloudtunnel.server.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuotasTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong now = new AtomicLong(5 * SECOND);

    private Quotas quotas(Rates rates, int most) {
        return new Quotas("tunnel", rates, most, now::get);
    }

    private static ExchangeException refused(Quotas quotas, Object user) {
        var e = assertThrows(ExchangeException.class, () -> quotas.enter(user));
        assertEquals(ErrorCode.TOO_MANY_REQUESTS, e.code());
        return e;
    }

    private static int entered(Quotas quotas, Object user) throws ExchangeException {
        int count = 0;
        try {
            while (count < 10_000) {
                quotas.enter(user).leave();
                count++;
            }
        } catch (ExchangeException e) {
            assertEquals(ErrorCode.TOO_MANY_REQUESTS, e.code());
        }
        return count;
    }

    @Test
    void requestsPerSecondHaveABurst() throws Exception {
        Quotas quotas = quotas(new Rates(20, 0, 0), 10);
        assertEquals(20, entered(quotas, "a"));
        assertEquals(20, entered(quotas, "b"), "each for itself");
        ExchangeException e = refused(quotas, "a");
        assertEquals("tunnel-rps", e.fields().first("Cloudtunnel-Limit"));
        assertEquals("1", e.fields().first("Retry-After"));
        now.addAndGet(SECOND / 4);
        assertEquals(5, entered(quotas, "a"));
        now.addAndGet(100 * SECOND);
        assertEquals(20, entered(quotas, "a"), "no more is saved than the burst");
        assertEquals(10, entered(quotas(new Rates(1, 0, 0), 10), "a"), "a burst of 10 at least");
    }

    @Test
    void requestsAtATimeAreLimited() throws Exception {
        Quotas quotas = quotas(new Rates(0, 2, 0), 10);
        Quotas.Use one = quotas.enter("a");
        Quotas.Use two = quotas.enter("a");
        assertEquals("tunnel-concurrent", refused(quotas, "a").fields().first("Cloudtunnel-Limit"));
        one.leave();
        Quotas.Use three = quotas.enter("a");
        refused(quotas, "a");
        two.leave();
        three.leave();
        assertEquals(10_000, entered(quotas, "a"), "all places are given back");
    }

    @Test
    void bytesAreBookedAheadAndThenRefused() throws Exception {
        Quotas quotas = quotas(new Rates(0, 0, 100_000), 10);
        Quotas.Use use = quotas.enter("a");
        assertEquals(0, use.book(100_000), "a second's worth at once");
        assertEquals(SECOND / 2, use.book(50_000));
        quotas.enter("a").leave();
        assertEquals(SECOND, use.book(50_000));
        ExchangeException e = refused(quotas, "a");
        assertEquals("tunnel-bytes", e.fields().first("Cloudtunnel-Limit"));
        now.addAndGet(SECOND / 10);
        quotas.enter("a").leave();
        now.addAndGet(10 * SECOND);
        assertEquals(0, use.book(100_000));
    }

    /** What bounds it is the table, not the number of clients. */
    @Test
    void theTableIsBounded() throws Exception {
        Quotas quotas = quotas(new Rates(5, 0, 0), 100);
        for (int i = 0; i < 1000; i++) {
            try {
                quotas.enter(i).leave();
            } catch (ExchangeException e) {
                assertTrue(i >= 100, "only those who found no room");
            }
        }
        assertEquals(100, quotas.size());
        assertEquals(0, entered(quotas, "late"), "who finds no room counts with all such");
        assertTrue(entered(quotas, 7) > 0, "who is known does not");
        now.addAndGet(60 * SECOND);
        assertEquals(10, entered(quotas, "later"), "idle ones make room");
        assertTrue(quotas.size() < 100, "and are forgotten: " + quotas.size());
    }

    @Test
    void whoIsInsideIsNotForgotten() throws Exception {
        Quotas quotas = quotas(new Rates(0, 1, 0), 2);
        Quotas.Use inside = quotas.enter("a");
        for (int i = 0; i < 10; i++) {
            now.addAndGet(2 * SECOND);
            quotas.enter(i).leave();
        }
        refused(quotas, "a");
        inside.leave();
        quotas.enter("a").leave();
    }

    @Test
    void manyThreadsTakeNoMoreThanThereIs() throws Exception {
        Quotas quotas = quotas(new Rates(1000, 0, 0), 10);
        CountDownLatch begin = new CountDownLatch(1);
        AtomicLong taken = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    begin.await();
                                    taken.addAndGet(entered(quotas, "a"));
                                } catch (InterruptedException | ExchangeException e) {
                                    throw new AssertionError(e);
                                }
                            }));
        }
        begin.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(1000, taken.get());
    }
}
