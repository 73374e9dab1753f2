package io.cloudtunnel.agent.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cloudtunnel.agent.fake.ScriptedPeer;
import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.http.HttpLimits;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** When connections are kept, used again, and replaced. */
class LocalPoolTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static void serveForEver(ScriptedPeer.Connection c) throws Exception {
        while (true) {
            c.head();
            c.write(OK);
        }
    }

    @Test
    void oneConnectionServesRequestsInTurn() throws Exception {
        try (ScriptedPeer peer = new ScriptedPeer(LocalPoolTest::serveForEver);
                LocalFixture local = new LocalFixture(peer.url())) {
            for (int i = 0; i < 20; i++) {
                assertEquals("ok", local.get("/" + i).body());
            }
            assertEquals(1, peer.accepted());
        }
    }

    @Test
    void asManyConnectionsAsRequestsAtATime() throws Exception {
        int most = 50;
        CyclicBarrier allThere = new CyclicBarrier(most);
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            c.head();
                            allThere.await();
                            c.write(OK);
                            serveForEver(c);
                        });
                LocalFixture local = new LocalFixture(peer.url());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < most; i++) {
                answers.add(threads.submit(() -> local.get("/").body()));
            }
            for (Future<String> answer : answers) {
                assertEquals("ok", answer.get());
            }
            assertEquals(most, peer.accepted());
            assertEquals(most, local.service().idleConnections());
            for (int i = 0; i < most; i++) {
                local.get("/");
            }
            assertEquals(most, peer.accepted());
        }
    }

    /** Serves one request, and closes when the second has come. */
    private static void closesOnTheSecond(ScriptedPeer.Connection c) throws Exception {
        c.head();
        c.write(OK);
        c.head();
    }

    @Test
    void aStaleConnectionIsReplacedForASafeRequest() throws Exception {
        try (ScriptedPeer peer =
                        new ScriptedPeer(
                                LocalPoolTest::closesOnTheSecond, LocalPoolTest::serveForEver);
                LocalFixture local = new LocalFixture(peer.url())) {
            local.get("/1");
            assertEquals("ok", local.get("/2").body());
            assertEquals(2, peer.accepted());
        }
    }

    @Test
    void butOnlyOnce() throws Exception {
        try (ScriptedPeer peer =
                        new ScriptedPeer(
                                LocalPoolTest::closesOnTheSecond, ScriptedPeer.Connection::head);
                LocalFixture local = new LocalFixture(peer.url())) {
            local.get("/1");
            var e = assertThrows(ExchangeException.class, () -> local.get("/2"));
            assertEquals(ErrorCode.LOCAL_BROKEN, e.code());
            assertEquals(2, peer.accepted());
        }
    }

    @Test
    void andNeverForAPost() throws Exception {
        try (ScriptedPeer peer =
                        new ScriptedPeer(
                                LocalPoolTest::closesOnTheSecond, LocalPoolTest::serveForEver);
                LocalFixture local = new LocalFixture(peer.url())) {
            local.get("/1");
            var e =
                    assertThrows(
                            ExchangeException.class,
                            () -> local.call("POST", "/2", Fields.EMPTY, ""));
            assertEquals(ErrorCode.LOCAL_BROKEN, e.code());
            assertEquals(1, peer.accepted());
        }
    }

    @Test
    void norOnceAByteOfTheAnswerCame() throws Exception {
        try (ScriptedPeer peer =
                        new ScriptedPeer(
                                c -> {
                                    c.head();
                                    c.write(OK);
                                    c.head();
                                    c.write("HTTP/1");
                                },
                                LocalPoolTest::serveForEver);
                LocalFixture local = new LocalFixture(peer.url())) {
            local.get("/1");
            assertThrows(ExchangeException.class, () -> local.get("/2"));
            assertEquals(1, peer.accepted());
        }
    }

    @Test
    void aConnectionThatWasClosedMeanwhileIsSeenBeforeAPost() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedPeer peer =
                        new ScriptedPeer(
                                c -> {
                                    c.head();
                                    c.write(OK);
                                    c.hold(answered);
                                    c.socket().close();
                                    closed.countDown();
                                },
                                c -> {
                                    c.head();
                                    c.write(OK);
                                });
                LocalFixture local = new LocalFixture(peer.url())) {
            local.get("/1");
            answered.countDown();
            closed.await();
            assertEquals("ok", local.call("POST", "/2", Fields.EMPTY, "x").body());
            assertEquals(2, peer.accepted());
        }
    }

    @Test
    void anUnaskedAnswerIsNotTakenForTheNextOne() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        try (ScriptedPeer peer =
                        new ScriptedPeer(
                                c -> {
                                    c.head();
                                    c.write(OK);
                                    c.hold(answered);
                                    c.write("HTTP/1.1 408 Slow\r\nContent-Length: 0\r\n\r\n");
                                    written.countDown();
                                    c.drain();
                                },
                                LocalPoolTest::serveForEver);
                LocalFixture local = new LocalFixture(peer.url())) {
            local.get("/1");
            answered.countDown();
            written.await();
            assertEquals(200, local.get("/2").status());
            assertEquals(2, peer.accepted());
        }
    }

    @Test
    void whatWasNotReadToItsEndIsNotKept() throws Exception {
        try (ScriptedPeer peer = new ScriptedPeer(LocalPoolTest::serveForEver);
                LocalFixture local = new LocalFixture(peer.url())) {
            Exchange exchange = local.service().open(RequestHead.of("GET", "/", Fields.EMPTY), 0);
            exchange.endRequest(Fields.EMPTY);
            exchange.receiveHead();
            exchange.cancel(new ExchangeException(ErrorCode.CANCELLED, "enough"));
            assertEquals(0, local.service().idleConnections());
        }
    }

    @Test
    void idleConnectionsAreClosedAfterAMinute() throws Exception {
        CountDownLatch ended = new CountDownLatch(3);
        try (ScriptedPeer peer =
                new ScriptedPeer(c -> {
                    c.drain();
                    ended.countDown();
                })) {
            LocalDialer dialer =
                    new LocalDialer(
                            LocalAddress.parse(peer.url()), Trust.platform(), HttpLimits.DEFAULT);
            LocalPool pool = new LocalPool(1);
            pool.give(dialer.connect());
            pool.closeIdle(System.nanoTime());
            assertEquals(1, pool.size());
            pool.closeIdle(System.nanoTime() + LocalPool.IDLE_LIMIT_NANOS + 1_000_000_000L);
            assertEquals(0, pool.size());
            pool.give(dialer.connect());
            pool.give(dialer.connect());
            assertEquals(1, pool.size(), "no more than may be open");
            pool.close();
            assertEquals(0, pool.size());
            ended.await();
        }
    }
}
