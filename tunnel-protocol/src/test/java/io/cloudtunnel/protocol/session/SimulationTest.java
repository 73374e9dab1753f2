package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Does all come out right under random delays, stalls, cuts, sizes and cancels? Each run is drawn
 * from its seed, which a failure names. What is received is a prefix of what was sent, and all of
 * it if it looks complete; nobody violates the protocol; the budget is kept and given back.
 */
class SimulationTest {

    private static final boolean LONG = Boolean.getBoolean("tests.long");
    private static final long NANOS = (LONG ? 300 : 6) * 1_000_000_000L;
    private static final int STREAMS = 12;

    @Test
    @Timeout(600)
    void randomRuns() throws Exception {
        long end = System.nanoTime() + NANOS;
        for (long seed = Long.getLong("tests.seed", 1); System.nanoTime() < end; seed++) {
            try {
                run(seed);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("with -Dtests.seed=" + seed, e);
            }
        }
    }

    private static void run(long seed) throws Exception {
        Random random = new Random(seed);
        int most = 1 + random.nextInt(2_000);
        long cut = random.nextInt(3) == 0 ? 3 + random.nextInt(60) : Long.MAX_VALUE;
        Random delays = new Random(seed + 1);
        DelayLink.Pair pair =
                DelayLink.pair(
                        () -> delays.nextInt(20) == 0 ? 3_000_000 : delays.nextInt(most) * 1_000L,
                        1 + random.nextInt(4),
                        cut);
        long budget = random.nextInt(4) == 0 ? 300_000 : 8 << 20;
        var local = new EchoUpstream();
        boolean lossless = cut == Long.MAX_VALUE;
        var tunnel = new Tunnel(pair.server(), pair.agent(), local, Greeting.DEFAULT, budget);
        try (tunnel) {
            List<Future<Boolean>> clients = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                long own = random.nextLong();
                clients.add(ServerSide.start(() -> client(tunnel, own, lossless)));
            }
            for (Future<Boolean> client : clients) {
                ServerSide.get(client);
                assertTrue(tunnel.serverBudget.usedBytes() <= budget);
                assertTrue(tunnel.agentBudget.usedBytes() <= budget);
            }
            if (lossless) {
                assertEquals(null, pair.server().closed(), "nobody violates the protocol");
            } else {
                String closed = pair.server().closed();
                assertTrue(closed == null || closed.startsWith("1001"), () -> "closed: " + closed);
            }
        }
        assertEquals(0, local.open.get());
    }

    private static boolean client(Tunnel tunnel, long seed, boolean lossless) throws Exception {
        Random random = new Random(seed);
        int size = random.nextInt(5) == 0 ? 0 : 1 << random.nextInt(19);
        byte[] body = new byte[size];
        random.nextBytes(body);
        boolean known = random.nextBoolean();
        int piece = 1 + random.nextInt(random.nextBoolean() ? 100_000 : 3_000);
        int cancelAfter = random.nextInt(3) == 0 ? random.nextInt(size + 1) : Integer.MAX_VALUE;
        boolean slow = random.nextInt(4) == 0;
        Fields fields = known ? Fields.of("Content-Length", "" + size) : Fields.of("X", "\u00e9");
        Exchange exchange;
        try {
            exchange =
                    tunnel.upstream.open(
                            RequestHead.of("POST", "/" + seed, fields),
                            known ? size : Exchange.UNKNOWN_LENGTH);
        } catch (ExchangeException e) {
            assertTrue(!lossless || e.code() == ErrorCode.OUT_OF_BUDGET, () -> "opening: " + e);
            return false;
        }
        Future<Boolean> sender = ServerSide.start(() -> send(exchange, body, piece));
        int got = 0;
        @Nullable ExchangeException failure = null;
        try {
            assertEquals(200, exchange.receiveHead().status());
            Bytes next = exchange.receive();
            while (next != null && got < cancelAfter) {
                assertEquals(Bytes.wrap(body, got, next.length()), next, "a prefix");
                got += next.length();
                if (slow) {
                    LockSupport.parkNanos(200_000); // a consumer that takes its time
                }
                next = exchange.receive();
            }
            if (next == null) {
                assertEquals(size, got, "what looks complete is complete");
            }
        } catch (ExchangeException e) {
            failure = e;
        } finally {
            exchange.cancel(Tunnel.gone());
        }
        ServerSide.get(sender);
        if (lossless && failure != null) {
            assertEquals(ErrorCode.OUT_OF_BUDGET, failure.code(), failure.text());
        }
        return true;
    }

    private static boolean send(Exchange exchange, byte[] body, int piece)
            throws InterruptedException {
        try {
            for (int at = 0; at < body.length; at += piece) {
                Bytes next = Bytes.wrap(body, at, Math.min(piece, body.length - at));
                if (!exchange.send(next)) {
                    return false;
                }
            }
            exchange.endRequest(Fields.EMPTY);
            return true;
        } catch (ExchangeException e) {
            return false;
        }
    }
}
