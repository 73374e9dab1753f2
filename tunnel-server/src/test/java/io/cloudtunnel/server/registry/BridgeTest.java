package io.cloudtunnel.server.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.MemoryBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for a link, for how long, and who wakes them. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BridgeTest {

    private final AtomicLong now = new AtomicLong(-5);
    private final Bridge bridge = new Bridge(Duration.ofSeconds(5), 2, now::get);
    private final LinkRegistry links = new LinkRegistry(9, bridge, new MemoryBudget(1));

    @AfterEach
    void nobodyIsLeft() {
        assertEquals(0, bridge.waiting());
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private boolean waits(String id) {
        try (Bridge.Wait wait = bridge.begin(id, false)) {
            return !wait.isOver();
        }
    }

    private FutureTask<TunnelUpstream> await(String id, Consumer<Runnable> onGone) {
        int before = bridge.waiting();
        FutureTask<TunnelUpstream> waiting = new FutureTask<>(() -> links.await(id, onGone));
        Thread.ofVirtual().start(waiting);
        while (bridge.waiting() == before && !waiting.isDone()) {
            Thread.onSpinWait();
        }
        return waiting;
    }

    private static void assertFails(ErrorCode code, FutureTask<TunnelUpstream> waiting) {
        Throwable e =
                assertThrows(Exception.class, () -> waiting.get(10, TimeUnit.SECONDS)).getCause();
        assertTrue(e instanceof ExchangeException failure && failure.code() == code, "" + e);
    }

    @Test
    void inTheFirstMinuteAllWaitLonger() {
        try (Bridge.Wait wait = bridge.begin("t", false)) {
            pass(Duration.ofSeconds(14));
            assertFalse(wait.isOver());
            pass(Duration.ofSeconds(1));
            assertTrue(wait.isOver());
        }
    }

    @Test
    void laterOnlyThoseThatHadALinkWithinTheLastMinute() {
        pass(Duration.ofSeconds(61));
        assertFalse(waits("t"));
        FakeLink link = FakeLink.binary("a");
        links.add("t", link);
        links.remove("t", link);
        assertTrue(waits("t"));
        assertFalse(waits("other"));
        pass(Duration.ofSeconds(60));
        assertTrue(waits("t"));
        try (Bridge.Wait wait = bridge.begin("t", false)) {
            pass(Duration.ofSeconds(5));
            assertTrue(wait.isOver());
        }
        assertFalse(waits("t"));
    }

    @Test
    void whatIsRememberedHasABound() {
        pass(Duration.ofSeconds(61));
        for (int i = 0; i <= Bridge.MOST_GONE; i++) {
            bridge.left("t" + i);
        }
        assertFalse(waits("t0"));
        assertTrue(waits("t1"));
        assertTrue(waits("t" + Bridge.MOST_GONE));
    }

    @Test
    void aLinkWakesThoseWhoWaitForItsTunnel() throws Exception {
        FutureTask<TunnelUpstream> one = await("t", gone -> {});
        FutureTask<TunnelUpstream> other = await("other", gone -> {});
        links.add("t", FakeLink.binary("a"));
        assertEquals(1, one.get(10, TimeUnit.SECONDS).links().usable());
        assertFalse(other.isDone());
        links.stopWaiting();
        assertFails(ErrorCode.AGENT_NOT_CONNECTED, other);
        assertFalse(waits("t"));
    }

    @Test
    void aLinkThatIsOfNoUseDoesNotEndTheWait() throws Exception {
        FutureTask<TunnelUpstream> waiting = await("t", gone -> {});
        FakeLink useless = FakeLink.binary("a");
        useless.takes = false;
        links.add("t", useless);
        links.remove("t", useless);
        FakeLink good = FakeLink.binary("a");
        links.add("t", good);
        assertEquals(1, waiting.get(10, TimeUnit.SECONDS).links().usable());
    }

    @Test
    void tooManyDoNotWait() {
        FutureTask<TunnelUpstream> one = await("t", gone -> {});
        FutureTask<TunnelUpstream> two = await("t", gone -> {});
        assertFails(ErrorCode.AGENT_NOT_CONNECTED, await("t", gone -> {}));
        links.stopWaiting();
        assertFails(ErrorCode.AGENT_NOT_CONNECTED, one);
        assertFails(ErrorCode.AGENT_NOT_CONNECTED, two);
    }

    @Test
    void oneTunnelDoesNotTakeAllPlaces() {
        Bridge shared = new Bridge(Duration.ofSeconds(5), 8, now::get);
        List<Bridge.Wait> waits = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waits.add(shared.begin("busy", true));
        }
        assertEquals(6, shared.waiting());
        waits.add(shared.begin("other", true));
        waits.add(shared.begin("third", true));
        assertEquals(8, shared.waiting());
        assertTrue(shared.begin("fourth", true).isOver());
        waits.forEach(Bridge.Wait::close);
        assertEquals(0, shared.waiting());
    }

    @Test
    void aClientThatLeavesEndsItsWait() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        Runnable[] leave = new Runnable[1];
        FutureTask<TunnelUpstream> waiting =
                await(
                        "t",
                        action -> {
                            leave[0] = action;
                            told.countDown();
                        });
        assertTrue(told.await(10, TimeUnit.SECONDS));
        leave[0].run();
        assertFails(ErrorCode.CANCELLED, waiting);
    }

    @Test
    void noneWaitsWhereThatIsOff() {
        Bridge off = new Bridge(Duration.ZERO, 2, now::get);
        try (Bridge.Wait wait = off.begin("t", true)) {
            assertTrue(wait.isOver());
        }
    }
}
