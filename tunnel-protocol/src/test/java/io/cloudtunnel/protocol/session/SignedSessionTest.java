package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.signed.LinkKeys;
import io.cloudtunnel.protocol.signed.Nonce;
import io.cloudtunnel.protocol.signed.SignedSecret;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions over signed links: they know nothing of it. */
@Timeout(60)
class SignedSessionTest {

    private static LinkKeys keys() {
        SignedSecret secret = SignedSecret.of("ct1.claims." + "A".repeat(43));
        return Objects.requireNonNull(secret).linkKeys(Nonce.random(), Nonce.random());
    }

    private static Tunnel tunnel(Link serverLink, Link agentLink) {
        LinkKeys keys = keys();
        return new Tunnel(
                keys.serverEnd(serverLink),
                keys.agentEnd(agentLink),
                new EchoUpstream(),
                Greeting.DEFAULT,
                256L << 20);
    }

    @Test
    void manyStreamsAtATime() throws Exception {
        MemoryLink.Pair pair = MemoryLink.pair();
        try (Tunnel tunnel = tunnel(pair.server(), pair.agent())) {
            List<Future<Boolean>> echoes = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                int size = i % 3 == 0 ? 300_000 : i * 100; // chunks, and JSON form
                echoes.add(ServerSide.start(() -> echo(tunnel, size)));
            }
            for (Future<Boolean> echo : echoes) {
                assertTrue(echo.get());
            }
        }
    }

    private static boolean echo(Tunnel tunnel, int size) throws Exception {
        byte[] body = new byte[size];
        new Random(size).nextBytes(body);
        Fields fields = Fields.of("Content-Length", Integer.toString(size));
        Tunnel.Answer answer =
                tunnel.exchange(
                        RequestHead.of("POST", "/", fields), size, List.of(Bytes.wrap(body)));
        return answer.body().equals(Bytes.wrap(body));
    }

    /**
     * Wherever an attacker flips a bit of what passes, the session ends, and no stream is whole.
     */
    @Test
    void aChangedMessageEndsTheSession() throws Exception {
        for (int nth : new int[] {1, 2, 3, 5}) {
            MemoryLink.Pair pair = MemoryLink.pair();
            Tunnel tunnel = tunnel(pair.server(), new Flipping(pair.agent(), nth));
            boolean whole = true;
            try (tunnel) {
                for (int i = 0; i < 6; i++) {
                    whole &= echo(tunnel, 20_000);
                }
            } catch (ExchangeException | AssertionError e) {
                whole = false; // the request failed, or the agent's end reports why
            }
            assertTrue(!whole, "message " + nth);
            assertEquals(
                    "4005 tag-wrong",
                    pair.server().closeCode() + " " + pair.server().closeReason());
        }
    }

    /** What passes to one end, with one bit changed. */
    private static final class Flipping extends ForwardingLink {
        private int left;

        private Flipping(Link link, int nth) {
            super(link);
            this.left = nth;
        }

        @Override
        public @Nullable Message receive() throws IOException {
            Message message = super.receive();
            left--;
            if (left != 0 || message == null) {
                return message;
            }
            byte[] bytes = message.payload().toByteArray();
            bytes[bytes.length / 2] ^= 1;
            return message instanceof Message.Text
                    ? new Message.Text(Bytes.wrap(bytes))
                    : new Message.Binary(Bytes.wrap(bytes));
        }
    }

    /** Frames that just fill a message leave room for its trailer. */
    @Test
    void noMessageIsLongerThanAllowed() throws Exception {
        MemoryLink.Pair pair = MemoryLink.pair();
        var gate = new Gate(pair.agent());
        try (Tunnel tunnel = tunnel(pair.server(), gate)) {
            assertTrue(echo(tunnel, 10));
            gate.shut();
            List<Exchange> open = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                open.add(tunnel.upstream.open(headOf(BinaryCodec.MAX_MESSAGE / 4), 0));
            }
            gate.open.countDown();
            for (Exchange exchange : open) {
                assertEquals(200, exchange.receiveHead().status());
                exchange.cancel(Tunnel.gone());
            }
        }
        assertTrue(gate.longest > BinaryCodec.MAX_MESSAGE / 2, "nothing was gathered");
        assertTrue(gate.longest <= BinaryCodec.MAX_MESSAGE, gate.longest + " bytes");
    }

    private static RequestHead headOf(int frameBytes) {
        RequestHead bare = RequestHead.of("GET", "/", Fields.of("A", ""));
        List<Bytes> frame = new ArrayList<>();
        int least = BinaryCodec.encode(new Frame.Req(1, 1, bare, true, false), frame);
        return RequestHead.of("GET", "/", Fields.of("A", "x".repeat(frameBytes - least)));
    }

    /** Holds up who receives, and looks at what they receive. */
    private static final class Gate extends ForwardingLink {
        private final CountDownLatch open = new CountDownLatch(1);
        private volatile boolean shut;
        private volatile int longest;

        private Gate(Link link) {
            super(link);
        }

        void shut() {
            shut = true;
        }

        @Override
        public @Nullable Message receive() throws IOException {
            try {
                if (shut) {
                    open.await();
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            Message message = super.receive();
            longest = Math.max(longest, message == null ? 0 : message.payload().length());
            return message;
        }
    }
}
