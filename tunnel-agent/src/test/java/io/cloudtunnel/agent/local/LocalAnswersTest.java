package io.cloudtunnel.agent.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cloudtunnel.agent.fake.ScriptedPeer;
import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a local service may answer, and what becomes of it. */
class LocalAnswersTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "fixed | GET | HTTP/1.1 200 OK~Content-Length: 3~~abc | 200 | abc | 1",
                "chunked | GET | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~2~ab~1~c~0~~ | 200 |"
                        + " abc | 1",
                "until close | GET | HTTP/1.1 200 OK~~abc | 200 | abc | 0",
                "HTTP/1.0 | GET | HTTP/1.0 200 OK~Content-Length: 3~~abc | 200 | abc | 0",
                "close | GET | HTTP/1.1 200 OK~Connection: close~Content-Length: 3~~abc | 200 |"
                        + " abc | 0",
                "HEAD | HEAD | HTTP/1.1 200 OK~Content-Length: 3~~ | 200 | '' | 1",
                "204 | GET | HTTP/1.1 204 No Content~~ | 204 | '' | 1",
                "304 | GET | HTTP/1.1 304 Not Modified~Content-Length: 3~~ | 304 | '' | 1",
                "redirect | GET | HTTP/1.1 302 Found~Location: http://evil.example/~Content-Length:"
                        + " 0~~ | 302 | '' | 1",
                "too much | GET | HTTP/1.1 200 OK~Content-Length: 1~~abc | 200 | a | 0",
                "no reason | GET | HTTP/1.1 200~Content-Length: 1~~a | 200 | a | 1",
            })
    void takes(String name, String method, String answer, int status, String body, int kept)
            throws Exception {
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            c.head();
                            c.write(answer.replace("~", "\r\n"));
                            if (!name.equals("until close")) {
                                c.drain();
                            }
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            var got = local.call(method, "/", Fields.EMPTY, "");
            assertEquals(status, got.status());
            assertEquals(body, got.body());
            assertEquals(kept, local.service().idleConnections());
            assertEquals(1, peer.accepted());
        }
    }

    @Test
    void passesInterimHeadsTrailersAndOrder() throws Exception {
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            c.head();
                            c.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
                            String fields =
                                    "B: 1~a: 2~B: 3~Connection: X-Hop~X-Hop: 1~Trailer: T~"
                                            + "cloudtunnel-error: lie~"
                                            + "Transfer-Encoding: chunked~~";
                            String answer = "HTTP/1.1 200 Fine~" + fields + "1~x~0~T: v~~";
                            c.write(answer.replace("~", "\r\n"));
                            c.drain();
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            var got = local.get("/");
            assertEquals(List.of(103), got.interim());
            assertEquals("Fine", got.head().reason());
            assertEquals(
                    Fields.of("B", "1", "a", "2", "B", "3", "Trailer", "T"), got.head().fields());
            assertEquals(Fields.of("T", "v"), got.trailers());
        }
    }

    /** It must say which protocol is wanted (RFC 9110, section 15.5.22). */
    @Test
    void a426KeepsItsUpgradeAndNothingElseDoes() throws Exception {
        for (int status : List.of(426, 200)) {
            try (ScriptedPeer peer =
                            new ScriptedPeer(c -> {
                                c.head();
                                c.write(
                                        "HTTP/1.1 "
                                                + status
                                                + " X\r\nUpgrade: a/1, b\r\nConnection: Upgrade\r\n"
                                                + "Content-Length: 0\r\n\r\n");
                                c.drain();
                            });
                    LocalFixture local = new LocalFixture(peer.url())) {
                assertEquals(
                        status == 426 ? List.of("a/1, b") : List.of(),
                        local.get("/").head().fields().all("Upgrade"));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "cut fixed | HTTP/1.1 200 OK~Content-Length: 9~~abc | LOCAL_BROKEN",
                "cut chunked | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~9~abc | LOCAL_BROKEN",
                "no last chunk | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~1~a~ | LOCAL_BROKEN",
                "cut head | HTTP/1.1 200 OK~Content- | LOCAL_BROKEN",
                "nothing | '' | LOCAL_BROKEN",
                "only interim | HTTP/1.1 103 Early Hints~~ | LOCAL_BROKEN",
                "no HTTP | SSH-2.0-OpenSSH~~ | LOCAL_MALFORMED",
                "two lengths | HTTP/1.1 200 OK~Content-Length: 1~Content-Length: 2~~a |"
                        + " LOCAL_MALFORMED",
                "length and coding | HTTP/1.1 200 OK~Content-Length: 1~Transfer-Encoding:"
                        + " chunked~~1~a~0~~ | LOCAL_MALFORMED",
                "bad chunk | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~zz~a~0~~ |"
                        + " LOCAL_MALFORMED",
            })
    void tells(String name, String answer, ErrorCode code) throws Exception {
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            c.head();
                            c.write(answer.replace("~", "\r\n"));
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            var e = assertThrows(ExchangeException.class, () -> local.get("/"));
            assertEquals(code, e.code(), name);
            assertEquals(0, local.service().idleConnections());
            assertEquals(1, peer.accepted(), "a fresh connection is not tried again");
        }
    }

    @Test
    void aResetIsNoEndOfABody() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            c.head();
                            c.write("HTTP/1.1 200 OK\r\n\r\nabc");
                            c.hold(read);
                            c.reset();
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            Exchange exchange = local.service().open(RequestHead.of("GET", "/", Fields.EMPTY), 0);
            exchange.endRequest(Fields.EMPTY);
            exchange.receiveHead();
            assertEquals(Bytes.latin1("abc"), exchange.receive());
            read.countDown();
            var e = assertThrows(ExchangeException.class, exchange::receive);
            assertEquals(ErrorCode.LOCAL_BROKEN, e.code());
        }
    }

    @Test
    void timesOutWithoutAHead() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        var limits = LocalFixture.limits(Duration.ofMillis(100), Duration.ofSeconds(20));
        try (ScriptedPeer peer = new ScriptedPeer(c -> c.hold(end));
                LocalFixture local =
                        new LocalFixture(peer.url(), HostRule.LOCAL, Trust.platform(), limits)) {
            var e = assertThrows(ExchangeException.class, () -> local.get("/"));
            assertEquals(ErrorCode.LOCAL_TIMEOUT, e.code());
            end.countDown();
        }
    }

    @Test
    void timesOutWithinABody() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        var limits = LocalFixture.limits(Duration.ofSeconds(20), Duration.ofMillis(100));
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            c.head();
                            c.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
                            c.hold(end);
                        });
                LocalFixture local =
                        new LocalFixture(peer.url(), HostRule.LOCAL, Trust.platform(), limits)) {
            var e = assertThrows(ExchangeException.class, () -> local.get("/"));
            assertEquals(ErrorCode.LOCAL_TIMEOUT, e.code());
            end.countDown();
        }
    }

    @Test
    void cutsAWriteThatStalls() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        var limits = LocalFixture.limits(Duration.ofSeconds(20), Duration.ofMillis(200));
        try (ScriptedPeer peer = new ScriptedPeer(c -> c.hold(end));
                LocalFixture local =
                        new LocalFixture(peer.url(), HostRule.LOCAL, Trust.platform(), limits)) {
            Exchange exchange =
                    local.service().open(RequestHead.of("PUT", "/", Fields.EMPTY), 1L << 40);
            Bytes piece = Bytes.wrap(new byte[64 * 1024]);
            var e =
                    assertThrows(
                            ExchangeException.class,
                            () -> {
                                while (exchange.send(piece)) {
                                    // until the buffers between are full
                                }
                            });
            assertEquals(ErrorCode.LOCAL_TIMEOUT, e.code());
            end.countDown();
        }
    }

    @Test
    void anAnswerBeforeTheBodysEndIsPassedOn() throws Exception {
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            c.head();
                            c.write(
                                    "HTTP/1.1 413 No\r\nConnection: close\r\nContent-Length:"
                                            + " 3\r\n\r\nbig");
                            c.socket().shutdownOutput();
                            c.drain();
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            Exchange exchange =
                    local.service().open(RequestHead.of("POST", "/", Fields.EMPTY), 1L << 40);
            Bytes piece = Bytes.wrap(new byte[64 * 1024]);
            exchange.send(piece);
            var got = LocalFixture.answer(exchange);
            assertEquals(413, got.status());
            assertEquals("big", got.body());
            assertEquals(false, exchange.send(piece), "no more of the body is wanted");
            exchange.endRequest(Fields.EMPTY);
            assertEquals(0, local.service().idleConnections());
        }
    }

    @Test
    void cancellingWakesAReader() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            c.head();
                            asked.countDown();
                            c.drain();
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            Exchange exchange = local.service().open(RequestHead.of("GET", "/", Fields.EMPTY), 0);
            exchange.endRequest(Fields.EMPTY);
            var reason = new ExchangeException(ErrorCode.CANCELLED, "enough");
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            asked.await();
                        } catch (InterruptedException e) {
                            return;
                        }
                        exchange.cancel(reason);
                    });
            assertEquals(reason, assertThrows(ExchangeException.class, exchange::receiveHead));
            exchange.cancel(new ExchangeException(ErrorCode.INTERNAL, "too late"));
            assertEquals(reason, assertThrows(ExchangeException.class, exchange::receive));
        }
    }

    @Test
    void nobodyListens() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (LocalFixture local = new LocalFixture("http://127.0.0.1:" + port)) {
            var e = assertThrows(ExchangeException.class, () -> local.get("/"));
            assertEquals(ErrorCode.LOCAL_UNREACHABLE, e.code());
            assertEquals("the agent cannot reach the local service", e.text());
        }
    }

    @Test
    void aBodyShorterThanStatedNeverLooksComplete() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            c.head();
                            c.drain();
                            ended.countDown();
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            Exchange exchange = local.service().open(RequestHead.of("PUT", "/", Fields.EMPTY), 10);
            exchange.send(Bytes.latin1("12345"));
            var e = assertThrows(ExchangeException.class, () -> exchange.endRequest(Fields.EMPTY));
            assertEquals(ErrorCode.BAD_REQUEST, e.code());
            ended.await();
            assertNull(local.service().idleConnections() == 0 ? null : "kept");
        }
    }
}
