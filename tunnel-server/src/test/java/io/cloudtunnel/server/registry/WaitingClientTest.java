package io.cloudtunnel.server.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.MemoryBudget;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client of a tunnel whose link goes just when the request is to be opened on it. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WaitingClientTest {

    private static final RequestHead POST = RequestHead.of("POST", "/", Fields.EMPTY);

    /** One place only, so that a place that is not given back is missed at once. */
    private final Bridge bridge = new Bridge(Duration.ofMinutes(5), 1);

    private final LinkRegistry links = new LinkRegistry(9, bridge, new MemoryBudget(1 << 20));
    private final FakeLink link = FakeLink.binary("a");
    private final AtomicReference<@Nullable Runnable> leave = new AtomicReference<>();
    private final TunnelUpstream tunnel = connect();

    private TunnelUpstream connect() {
        links.add("t", link);
        TunnelUpstream found = links.find("t");
        assertNotNull(found);
        return found;
    }

    private void leave() {
        Runnable action = leave.get();
        assertNotNull(action);
        action.run();
    }

    @AfterEach
    void allPlacesAreGivenBack() {
        assertEquals(0, bridge.waiting());
        try (Bridge.Wait wait = bridge.begin("t", true)) {
            assertFalse(wait.isOver(), "there is a place");
        }
    }

    /** Waits for a link when this returns. */
    private FutureTask<Exchange> waits() {
        FutureTask<Exchange> waiting = new FutureTask<>(() -> tunnel.open(POST, 0, leave::set));
        Thread.ofVirtual().start(waiting);
        while (leave.get() == null && !waiting.isDone()) {
            Thread.onSpinWait();
        }
        return waiting;
    }

    private static void assertCancelled(FutureTask<Exchange> waiting) {
        var failure =
                assertThrows(ExecutionException.class, () -> waiting.get(10, TimeUnit.SECONDS));
        assertEquals(
                ErrorCode.CANCELLED,
                assertInstanceOf(ExchangeException.class, failure.getCause()).code());
    }

    @Test
    void itLeavesWhileThereIsNoLink() {
        link.takes = false;
        FutureTask<Exchange> waiting = waits();
        leave();
        assertCancelled(waiting);
    }

    @Test
    void itLeavesWhileAnotherLinkIsAwaited() {
        link.refusal = new ExchangeException(ErrorCode.AGENT_NOT_CONNECTED, "it has just gone");
        FutureTask<Exchange> waiting = waits();
        leave();
        assertCancelled(waiting);
    }

    @Test
    void aLinkThatComesIsTaken() throws Exception {
        link.refusal = new ExchangeException(ErrorCode.AGENT_NOT_CONNECTED, "it has just gone");
        FutureTask<Exchange> waiting = waits();
        FakeLink young = FakeLink.binary("a");
        links.add("t", young);
        assertNotNull(waiting.get(10, TimeUnit.SECONDS));
        assertEquals(1, young.count());
    }
}
