package io.cloudtunnel.agent.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.fake.ScriptedPeer;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Does an upgrade come through both ends of a session to a raw service, and all bytes back? */
@Timeout(60)
class UpgradeThroughSessionTest {

    private static final String SWITCH =
            "HTTP/1.1 101 On~Connection: Upgrade~Upgrade: raw~~".replace("~", "\r\n");

    private static ExchangeException gone() {
        return new ExchangeException(ErrorCode.CANCELLED, "gone");
    }

    private static String rest(Exchange exchange) throws Exception {
        StringBuilder all = new StringBuilder();
        for (Bytes piece = exchange.receive(); piece != null; piece = exchange.receive()) {
            all.append(piece.latin1());
        }
        return all.toString();
    }

    private static ScriptedPeer service(ScriptedPeer.Script behindTheHead) throws IOException {
        return new ScriptedPeer(c -> {
            c.head();
            behindTheHead.run(c);
        });
    }

    @Test
    void echoOfMegabytesAndEarlyBytes() throws Exception {
        byte[] sent = new byte[8_000_000];
        new Random(1).nextBytes(sent);
        try (ScriptedPeer peer =
                        service(c -> {
                            c.write(SWITCH + "early");
                            c.socket().getInputStream().transferTo(c.socket().getOutputStream());
                        });
                TunnelFixture tunnel = new TunnelFixture(peer.url(), 10)) {
            Exchange exchange = tunnel.ask();
            var head = exchange.receiveHead();
            assertEquals(101, head.status());
            assertEquals(Fields.of("Upgrade", "raw"), head.fields());
            Thread sender =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    exchange.send(Bytes.wrap(sent)); // directly behind the 101
                                    exchange.endRequest(Fields.EMPTY);
                                } catch (Exception e) {
                                    exchange.cancel(gone());
                                }
                            });
            String all = rest(exchange);
            assertEquals("early", all.substring(0, 5));
            assertEquals(
                    Bytes.wrap(sent),
                    Bytes.wrap(all.substring(5).getBytes(StandardCharsets.ISO_8859_1)));
            sender.join();
            exchange.cancel(gone());
        }
    }

    @Test
    void theServiceEndsItsDirectionFirst() throws Exception {
        CompletableFuture<String> rest = new CompletableFuture<>();
        try (ScriptedPeer peer =
                        service(c -> {
                            c.write(SWITCH + "all").socket().shutdownOutput();
                            rest.complete(c.bytes(100));
                        });
                TunnelFixture tunnel = new TunnelFixture(peer.url(), 10)) {
            Exchange exchange = tunnel.switched();
            assertEquals("all", rest(exchange));
            assertTrue(exchange.send(Bytes.utf8("goes on")));
            exchange.endRequest(Fields.EMPTY);
            assertEquals("goes on", rest.get(5, TimeUnit.SECONDS));
            exchange.cancel(gone());
        }
    }

    @Test
    void theClientEndsItsDirectionFirst() throws Exception {
        try (ScriptedPeer peer =
                        service(c -> {
                            c.write(SWITCH);
                            c.write("got " + c.bytes(100));
                        });
                TunnelFixture tunnel = new TunnelFixture(peer.url(), 10)) {
            Exchange exchange = tunnel.switched();
            exchange.send(Bytes.utf8("question"));
            exchange.endRequest(Fields.EMPTY);
            assertEquals("got question", rest(exchange));
            exchange.cancel(gone());
        }
    }

    @Test
    void refusalsPassWithTheirBodies() throws Exception {
        for (int status : new int[] {200, 400, 403, 426}) {
            String body = "x".repeat(status == 403 ? 20_000 : 10); // in frames, and in JSON form
            String answer = "HTTP/1.1 " + status + " No~Content-Length: " + body.length() + "~~";
            try (ScriptedPeer peer =
                            service(c -> c.write(answer.replace("~", "\r\n") + body).drain());
                    TunnelFixture tunnel = new TunnelFixture(peer.url(), 10)) {
                Exchange exchange = tunnel.ask();
                assertEquals(status, exchange.receiveHead().status());
                assertEquals(body, rest(exchange));
                exchange.endRequest(Fields.EMPTY); // may be called
                exchange.cancel(gone());
            }
        }
    }

    @Test
    void aServiceThatHasClosedWantsNoMore() throws Exception {
        try (ScriptedPeer peer = service(c -> c.write(SWITCH));
                TunnelFixture tunnel = new TunnelFixture(peer.url(), 10)) {
            Exchange exchange = tunnel.switched();
            assertEquals("", rest(exchange));
            Bytes piece = Bytes.utf8("x");
            while (exchange.send(piece)) { // until the reset that answers it has come back
                Thread.onSpinWait();
            }
            exchange.cancel(gone());
        }
    }

    @Test
    void aServiceThatResetsCutsTheStream() throws Exception {
        try (ScriptedPeer peer =
                        service(c -> {
                            c.write(SWITCH);
                            c.bytes(1);
                            c.reset();
                        });
                TunnelFixture tunnel = new TunnelFixture(peer.url(), 10)) {
            Exchange exchange = tunnel.switched();
            exchange.send(Bytes.utf8("x"));
            var e = assertThrows(ExchangeException.class, exchange::receive);
            assertEquals(ErrorCode.LOCAL_BROKEN, e.code());
            exchange.cancel(gone());
        }
    }

    /**
     * Completes with the nanoseconds at which the service's read failed; by a reset, not an end.
     */
    private static ScriptedPeer watching(CompletableFuture<Long> reset) throws IOException {
        return service(c -> {
            c.write(SWITCH);
            try {
                c.drain();
                reset.completeExceptionally(new AssertionError("it looks like an end"));
            } catch (IOException e) {
                reset.complete(System.nanoTime());
            }
        });
    }

    private static void assertWithinASecond(long begin, CompletableFuture<Long> end)
            throws Exception {
        long nanos = end.get(20, TimeUnit.SECONDS) - begin;
        assertTrue(nanos < TimeUnit.SECONDS.toNanos(1), () -> nanos / 1_000_000 + " ms");
    }

    @Test
    void aClientThatHasGoneFreesTheService() throws Exception {
        CompletableFuture<Long> reset = new CompletableFuture<>();
        try (ScriptedPeer peer = watching(reset);
                TunnelFixture tunnel = new TunnelFixture(peer.url(), 10)) {
            Exchange exchange = tunnel.switched();
            long begin = System.nanoTime();
            exchange.cancel(gone());
            assertWithinASecond(begin, reset);
        }
    }

    @Test
    void aLinkThatIsLostFreesBothSides() throws Exception {
        CompletableFuture<Long> reset = new CompletableFuture<>();
        try (ScriptedPeer peer = watching(reset);
                TunnelFixture tunnel = new TunnelFixture(peer.url(), 10)) {
            Exchange exchange = tunnel.switched();
            long begin = System.nanoTime();
            tunnel.cut();
            assertThrows(ExchangeException.class, exchange::receive);
            assertWithinASecond(begin, reset);
            exchange.cancel(gone());
        }
    }

    /** What is idle costs little: both ends of the session, the agent's exchange, its socket. */
    @Test
    void idleStreamsAreCheap() throws Exception {
        int count = Boolean.getBoolean("tests.long") ? 2000 : 300;
        try (ServerSocketChannel service = ServerSocketChannel.open()) {
            service.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 500);
            String url = "http://127.0.0.1:" + service.socket().getLocalPort();
            List<SocketChannel> peers = new ArrayList<>();
            List<Exchange> open = new ArrayList<>();
            try (TunnelFixture tunnel = new TunnelFixture(url, count)) {
                open(tunnel, service, peers, open, 20); // what is loaded once does not count
                long before = usedBytes();
                open(tunnel, service, peers, open, count - 20);
                long each = (usedBytes() - before) / (count - 20);
                long agent = tunnel.agentBudget.usedBytes() / count;
                long server = tunnel.serverBudget.usedBytes() / count;
                System.Logger log = System.getLogger(UpgradeThroughSessionTest.class.getName());
                log.log(
                        System.Logger.Level.INFO,
                        "idle upgraded stream: heap {0} B; reserved {1} B agent, {2} B server",
                        each,
                        agent,
                        server);
                assertTrue(each < 24 * 1024, () -> each + " bytes for an idle stream");
                open.forEach(exchange -> exchange.cancel(gone()));
            }
            for (SocketChannel peer : peers) {
                peer.close();
            }
        }
    }

    /** Each has carried a burst before it goes idle. */
    private static void open(
            TunnelFixture tunnel,
            ServerSocketChannel service,
            List<SocketChannel> peers,
            List<Exchange> open,
            int count)
            throws Exception {
        ByteBuffer head = ByteBuffer.wrap(SWITCH.getBytes(StandardCharsets.ISO_8859_1));
        byte[] burst = new byte[8 * 1024]; // as much as one read takes
        for (int i = 0; i < count; i++) {
            Exchange exchange = tunnel.ask();
            SocketChannel peer = service.accept();
            peers.add(peer);
            peer.write(head.duplicate());
            assertEquals(101, exchange.receiveHead().status());
            peer.write(ByteBuffer.wrap(burst));
            int got = 0;
            while (got < burst.length) {
                Bytes piece = exchange.receive();
                got += piece == null ? burst.length : piece.length();
            }
            assertEquals(burst.length, got);
            open.add(exchange);
        }
    }

    private static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
