package io.cloudtunnel.server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.protocol.session.Patrol;
import io.cloudtunnel.protocol.session.Upstream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An agent, its owner and the instance that is asked, joined by sessions of which those between
 * instances run over a broker that delays and loses. What is received is a prefix of what was sent,
 * and all of it if it looks complete; no more is sent than was granted; budgets are kept and given
 * back; each exchange ends once, at all three.
 */
class RelaySimulationTest {

    private static final boolean LONG = Boolean.getBoolean("tests.long");
    private static final long NANOS = (LONG ? 120 : 4) * 1_000_000_000L;
    private static final int AT_A_TIME = 8; // most of the time they wait
    private static final int STREAMS = 8;
    private static final int LOOK_MILLIS = 100;

    private static final ScheduledExecutorService TIMER =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("simulation").factory());
    private static final Patrol PATROL = new Patrol(TIMER);

    @AfterAll
    static void stop() {
        TIMER.shutdownNow();
    }

    @Test
    @Timeout(300)
    void randomRuns() throws Exception {
        long end = System.nanoTime() + NANOS;
        long first = Long.getLong("tests.seed", 1);
        AtomicLong next = new AtomicLong(first);
        List<Future<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < AT_A_TIME; i++) {
            all.add(
                    start(() -> {
                        while (System.nanoTime() < end) {
                            oneRun(next.getAndIncrement());
                        }
                        return true;
                    }));
        }
        for (Future<Boolean> each : all) {
            assertTrue(each.get(200, TimeUnit.SECONDS));
        }
        System.out.println("relay simulation: " + (next.get() - first) + " seeds");
        assertTrue(next.get() - first > AT_A_TIME, "several runs each");
    }

    private static void oneRun(long seed) {
        try {
            run(seed);
        } catch (Exception | AssertionError e) {
            throw new AssertionError("with -Dtests.seed=" + seed, e);
        }
    }

    private static <T> Future<T> start(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        Thread.ofVirtual().name("simulation").start(future);
        return future;
    }

    /** One that takes part, with a budget of its own. */
    private static final class Party implements AutoCloseable {
        private final MemoryBudget budget;
        private final Broker broker;
        private final RelayLinks links;
        private final Future<?> looks;

        Party(String name, Broker broker, Upstream upstream, long budgetBytes) {
            this.budget = new MemoryBudget(budgetBytes);
            this.broker = broker;
            links =
                    new RelayLinks(
                            name, broker, upstream, Limits.DEFAULT, budget, PATROL, peer -> {});
            broker.subscribe(name, links);
            looks =
                    TIMER.scheduleWithFixedDelay(
                            links::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }

        @Override
        public void close() {
            looks.cancel(false);
            links.close();
            broker.close();
        }
    }

    private static void run(long seed) throws Exception {
        Random random = new Random(seed);
        boolean loses = random.nextInt(3) == 0;
        long budget = random.nextInt(4) == 0 ? 300_000 : 8 << 20;
        UnreliableBroker relay = new UnreliableBroker(seed + 1, loses);
        UnreliableBroker link = new UnreliableBroker(seed + 2, false);
        MemoryEngine between = new MemoryEngine();
        MemoryEngine toAgent = new MemoryEngine();
        EchoUpstream local = new EchoUpstream();
        Party agent =
                new Party("agent", link.of(toAgent.engine().broker(), "agent"), local, budget);
        Party ownersLinks =
                new Party("link", link.of(toAgent.engine().broker(), "link"), local, budget);
        Upstream toIt = (head, length) -> ownersLinks.links.to("agent").open(head, length);
        Party owner =
                new Party("owner", relay.of(between.engine().broker(), "owner"), toIt, budget);
        Party asking =
                new Party("asking", relay.of(between.engine().broker(), "asking"), local, budget);
        List<Party> all = List.of(asking, owner, ownersLinks, agent);
        try (agent;
                ownersLinks;
                owner;
                asking) {
            List<Future<Boolean>> clients = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                long own = random.nextLong();
                clients.add(start(() -> client(asking.links, own, relay)));
            }
            for (Future<Boolean> client : clients) {
                assertTrue(client.get(60, TimeUnit.SECONDS));
                for (Party each : all) {
                    assertTrue(each.budget.usedBytes() <= budget, "budget");
                }
            }
        }
        for (Party each : all) {
            Eventually.holds("no links are left", () -> each.links.count() == 0);
            Eventually.holds("the budget is given back", () -> each.budget.usedBytes() == 0);
        }
        Eventually.holds("each exchange has ended", () -> local.open.get() == 0);
        assertTrue(local.opened.get() <= STREAMS, "none was sent twice");
        assertEquals(List.of(), relay.violations());
        assertEquals(List.of(), link.violations());
    }

    private static boolean client(RelayLinks asking, long seed, UnreliableBroker relay)
            throws Exception {
        Random random = new Random(seed);
        int size = random.nextInt(5) == 0 ? 0 : 1 << random.nextInt(19);
        byte[] body = new byte[size];
        random.nextBytes(body);
        int piece = 1 + random.nextInt(random.nextBoolean() ? 100_000 : 3_000);
        int cancelAfter = random.nextInt(3) == 0 ? random.nextInt(size + 1) : Integer.MAX_VALUE;
        boolean slow = random.nextInt(4) == 0;
        Exchange exchange;
        try {
            exchange =
                    asking.to("owner")
                            .open(
                                    RequestHead.of("POST", "/" + seed, Fields.EMPTY),
                                    Exchange.UNKNOWN_LENGTH);
        } catch (ExchangeException e) {
            allowed(e, relay);
            return true;
        }
        Future<Boolean> sender = start(() -> send(exchange, body, piece));
        int got = 0;
        try {
            assertEquals(200, exchange.receiveHead().status());
            @Nullable Bytes next = exchange.receive();
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
            allowed(e, relay);
        } finally {
            exchange.cancel(new ExchangeException(ErrorCode.CANCELLED, "gone"));
        }
        boolean ignored = sender.get(20, TimeUnit.SECONDS);
        return true;
    }

    /** Who loses nothing fails for want of memory only. */
    private static void allowed(ExchangeException failure, UnreliableBroker relay) {
        if (relay.losses() == 0 && failure.code() != ErrorCode.OUT_OF_BUDGET) {
            throw new AssertionError("nothing was lost, yet", failure);
        }
    }

    private static boolean send(Exchange exchange, byte[] body, int piece)
            throws InterruptedException {
        try {
            for (int at = 0; at < body.length; at += piece) {
                if (!exchange.send(Bytes.wrap(body, at, Math.min(piece, body.length - at)))) {
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
