package io.cloudtunnel.agent.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.fake.ScriptedPeer;
import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happens between the agent and a local service that changes the protocol, or refuses to? */
@Timeout(30)
class LocalUpgradeTest {

    private static final String SWITCH =
            ("HTTP/1.1 101 Switching Protocols~Connection: Upgrade~Upgrade: websocket~"
                            + "Sec-WebSocket-Accept: a~Sec-WebSocket-Protocol: chat~"
                            + "Sec-WebSocket-Extensions: permessage-deflate~~")
                    .replace("~", "\r\n");

    private static Exchange open(LocalFixture local, String... fields) throws Exception {
        return local.service().open(RequestHead.of("GET", "/ws", Fields.of(fields)), 0);
    }

    private static Exchange switched(LocalFixture local) throws Exception {
        Exchange exchange = open(local, "Upgrade", "websocket");
        assertEquals(101, exchange.receiveHead().status());
        return exchange;
    }

    private static String text(Exchange exchange) throws Exception {
        Bytes piece = exchange.receive();
        return piece == null ? "the end" : piece.latin1();
    }

    private static LocalFixture limited(ScriptedPeer peer, Duration response, Duration progress) {
        return new LocalFixture(
                peer.url(),
                HostRule.LOCAL,
                Trust.platform(),
                LocalFixture.limits(response, progress));
    }

    private static ErrorCode codeOf(Exchange exchange) {
        return assertThrows(ExchangeException.class, () -> LocalFixture.answer(exchange)).code();
    }

    @Test
    void headsKeepAllThatBelongsToTheProtocol() throws Exception {
        CompletableFuture<String> asked = new CompletableFuture<>();
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            asked.complete(c.head());
                            c.write(SWITCH).drain();
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            Exchange exchange =
                    open(
                            local,
                            "Upgrade",
                            "websocket",
                            "Sec-WebSocket-Key",
                            "k",
                            "Sec-WebSocket-Protocol",
                            "chat, talk",
                            "Sec-WebSocket-Extensions",
                            "permessage-deflate");
            Fields granted = exchange.receiveHead().fields();
            assertEquals(
                    "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:"
                            + peer.port()
                            + "\r\nSec-WebSocket-Key: k\r\nSec-WebSocket-Protocol: chat, talk\r\n"
                            + "Sec-WebSocket-Extensions: permessage-deflate\r\n"
                            + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
                    asked.get(5, TimeUnit.SECONDS));
            assertEquals(
                    Fields.of(
                            "Sec-WebSocket-Accept",
                            "a",
                            "Sec-WebSocket-Protocol",
                            "chat",
                            "Sec-WebSocket-Extensions",
                            "permessage-deflate",
                            "Upgrade",
                            "websocket"),
                    granted);
            exchange.cancel(new ExchangeException(ErrorCode.CANCELLED, "test"));
        }
    }

    @ParameterizedTest
    @CsvSource({"h2c,''", "'H2C, websocket',websocket", "'a/1, b',' a/1, b'"})
    void cleartextHttp2StaysOnItsHop(String asked, String sent) throws Exception {
        CompletableFuture<String> head = new CompletableFuture<>();
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            head.complete(c.head());
                            c.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").drain();
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            Exchange exchange = open(local, "Upgrade", asked);
            if (sent.isEmpty()) { // an ordinary request
                exchange.endRequest(Fields.EMPTY);
            }
            assertEquals(200, LocalFixture.answer(exchange).status());
            String all = head.get(5, TimeUnit.SECONDS);
            String fields = all.substring(all.indexOf("\r\n", all.indexOf("Host:")));
            String upgrade = "\r\nConnection: Upgrade\r\nUpgrade: " + sent.trim();
            assertEquals((sent.isEmpty() ? "" : upgrade) + "\r\n\r\n", fields);
        }
    }

    @Test
    void bytesBehindTheHeadComeFirst() throws Exception {
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            c.head();
                            c.write(SWITCH + "early").drain();
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            assertEquals("early", text(switched(local)));
        }
    }

    @Test
    void theServiceEndsFirst() throws Exception {
        CompletableFuture<String> rest = new CompletableFuture<>();
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            c.head();
                            c.write(SWITCH + "all").socket().shutdownOutput();
                            rest.complete(c.bytes(100));
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            Exchange exchange = switched(local);
            assertEquals("all", text(exchange));
            assertNull(exchange.receive());
            assertTrue(exchange.send(Bytes.utf8("and ")), "the other direction goes on");
            assertTrue(exchange.send(Bytes.utf8("more")));
            exchange.endRequest(Fields.EMPTY);
            assertEquals("and more", rest.get(5, TimeUnit.SECONDS));
            assertEquals(0, local.service().idleConnections());
        }
    }

    @Test
    void theClientEndsFirst() throws Exception {
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            c.head();
                            c.write(SWITCH);
                            c.write("got " + c.bytes(100));
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            Exchange exchange = switched(local);
            exchange.send(Bytes.utf8("question"));
            exchange.endRequest(Fields.EMPTY);
            assertEquals("got question", text(exchange));
            assertNull(exchange.receive());
        }
    }

    @Test
    void aRefusalIsAnOrdinaryAnswerAndKeepsTheConnection() throws Exception {
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            c.head();
                            c.write("HTTP/1.1 403 No\r\nContent-Length: 4\r\n\r\nnope");
                            c.head();
                            c.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").drain();
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            Exchange exchange = open(local, "Upgrade", "websocket");
            assertThrows(IllegalStateException.class, () -> exchange.endRequest(Fields.EMPTY));
            var refusal = LocalFixture.answer(exchange);
            assertEquals("403 nope", refusal.status() + " " + refusal.body());
            exchange.endRequest(Fields.EMPTY); // may be called
            assertEquals(1, local.service().idleConnections());
            assertEquals(200, local.get("/").status());
            assertEquals(1, peer.accepted());
        }
    }

    @Test
    void aSwitchThatNobodyAskedFor() throws Exception {
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            c.head();
                            c.write(SWITCH).drain();
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            Exchange exchange = open(local);
            exchange.endRequest(Fields.EMPTY);
            assertEquals(ErrorCode.LOCAL_MALFORMED, codeOf(exchange));
        }
    }

    @Test
    void theHeadIsAwaitedFromTheOpening() throws Exception {
        Duration shortly = Duration.ofMillis(50);
        try (ScriptedPeer peer = new ScriptedPeer(ScriptedPeer.Connection::drain);
                LocalFixture local = limited(peer, shortly, Duration.ofMinutes(5))) {
            assertEquals(ErrorCode.LOCAL_TIMEOUT, codeOf(open(local, "Upgrade", "websocket")));
        }
    }

    /** An answer that began to be read later has been given up: that is how long it has been. */
    @Test
    void silenceHasNoLimitAfterTheSwitch() throws Exception {
        CountDownLatch speak = new CountDownLatch(1);
        try (ScriptedPeer peer =
                        new ScriptedPeer(
                                c -> {
                                    c.head();
                                    c.write(SWITCH).hold(speak);
                                    c.write("at last");
                                },
                                c -> {
                                    c.head();
                                    c.write("HTTP/1.1 200 OK\r\n\r\n").drain();
                                });
                LocalFixture local =
                        limited(peer, Duration.ofSeconds(20), Duration.ofMillis(100))) {
            Exchange exchange = switched(local);
            var silent = new CompletableFuture<String>();
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            silent.complete(text(exchange));
                        } catch (Exception e) {
                            silent.completeExceptionally(e);
                        }
                    });
            Exchange ordinary = open(local);
            ordinary.endRequest(Fields.EMPTY);
            assertEquals(ErrorCode.LOCAL_TIMEOUT, codeOf(ordinary));
            speak.countDown();
            assertEquals("at last", silent.get(5, TimeUnit.SECONDS));
        }
    }

    /** The same for a service that takes nothing: an upload that began later has been cut. */
    @Test
    void aServiceThatTakesNothingHasNoLimitAfterTheSwitch() throws Exception {
        int size = 16 << 20; // more than the system's buffers hold
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        try (ScriptedPeer peer =
                        new ScriptedPeer(
                                c -> {
                                    c.head();
                                    c.write(SWITCH).hold(read);
                                    c.socket().getInputStream().skipNBytes(size);
                                    c.write("all");
                                },
                                c -> c.hold(over));
                LocalFixture local =
                        limited(peer, Duration.ofSeconds(20), Duration.ofMillis(200))) {
            Exchange exchange = switched(local);
            Bytes much = Bytes.wrap(new byte[size]);
            var sent = new CompletableFuture<Boolean>();
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            sent.complete(exchange.send(much));
                        } catch (Exception e) {
                            sent.completeExceptionally(e);
                        }
                    });
            Exchange upload =
                    local.service()
                            .open(
                                    RequestHead.of("POST", "/", Fields.EMPTY),
                                    Exchange.UNKNOWN_LENGTH);
            assertThrows(
                    ExchangeException.class,
                    () -> {
                        while (true) {
                            upload.send(much);
                        }
                    });
            read.countDown();
            assertTrue(sent.get(10, TimeUnit.SECONDS));
            assertEquals("all", text(exchange));
            over.countDown();
        }
    }

    @Test
    void whatIsCutDoesNotLookLikeAnEnd() throws Exception {
        CompletableFuture<Integer> read = new CompletableFuture<>();
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            c.head();
                            c.write(SWITCH);
                            try {
                                read.complete(c.socket().getInputStream().read());
                            } catch (IOException e) {
                                read.complete(-2); // a reset
                            }
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            switched(local).cancel(new ExchangeException(ErrorCode.CANCELLED, "gone"));
            assertEquals(-2, read.get(5, TimeUnit.SECONDS));
        }
    }

    @Test
    void aServiceThatResetsIsNoEndEither() throws Exception {
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            c.head();
                            c.write(SWITCH);
                            c.bytes(1);
                            c.reset();
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            Exchange exchange = switched(local);
            exchange.send(Bytes.utf8("x"));
            ExchangeException e = assertThrows(ExchangeException.class, exchange::receive);
            assertEquals(ErrorCode.LOCAL_BROKEN, e.code());
        }
    }

    @Test
    void aKeptConnectionThatHasGoneIsReplacedOnce() throws Exception {
        try (ScriptedPeer peer =
                        new ScriptedPeer(
                                c -> {
                                    c.head();
                                    c.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                                    c.head();
                                },
                                c -> {
                                    c.head();
                                    c.write(SWITCH + "hi").drain();
                                });
                LocalFixture local = new LocalFixture(peer.url())) {
            assertEquals(200, local.get("/").status());
            assertEquals("hi", text(switched(local)));
            assertEquals(2, peer.accepted());
        }
    }
}
