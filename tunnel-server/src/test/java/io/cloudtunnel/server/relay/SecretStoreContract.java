package io.cloudtunnel.server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.relay.SecretStore.Changes;
import io.cloudtunnel.server.relay.SecretStore.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of secrets keeps. */
public abstract class SecretStoreContract {

    private static final Duration GRACE = Duration.ofMinutes(5);

    private AutoCloseable opened;
    private SecretStore store;
    private Holdings holdings;

    /** What has the store, and is closed in the end. */
    protected abstract AutoCloseable engine() throws Exception;

    /** Loses everything. */
    protected abstract void empty() throws Exception;

    @BeforeEach
    void open() throws Exception {
        opened = engine();
        if (opened instanceof Engine engine) {
            store = engine.directory().secrets();
            holdings = engine.directory().holdings();
            engine.broker().subscribe("one", new Ignoring());
            Eventually.holds("connected", () -> engine.broker().isConnected());
        } else {
            store = (SecretStore) opened;
            holdings = (Holdings) opened;
        }
        empty();
    }

    /** The store. */
    protected final SecretStore store() {
        return store;
    }

    /** The same, of whose tunnels are. */
    protected final Holdings holdings() {
        return holdings;
    }

    @AfterEach
    void close() throws Exception {
        opened.close();
    }

    private static final class Ignoring implements Broker.Receiver {
        @Override
        public void received(byte[] message) {}

        @Override
        public void lost() {}
    }

    private State state(String tunnel) throws Exception {
        return store.states(List.of("other", tunnel)).getOrDefault(tunnel, State.INITIAL);
    }

    @Test
    void whatIsDeletedIsSoForGood() throws Exception {
        assertEquals(State.INITIAL, state("t"));
        store.delete("t");
        store.delete("t");
        assertEquals(State.DELETED, state("t"));
        assertNull(store.rotate("t", 0, GRACE));
        store.restore(Map.of("t", new State(false, 7, 0)));
        assertEquals(State.DELETED, state("t"));
        assertEquals(State.INITIAL, state("other"));
    }

    @Test
    void whenATunnelWasUsedLastIsKnownOrSinceWhenThatIsKept() throws Exception {
        Duration expiry = Duration.ofMillis(20);
        long began = store.lastUsedMillis("t");
        assertEquals(began, store.lastUsedMillis("other"));
        store.used(List.of("t", "u"), expiry);
        long first = store.lastUsedMillis("t");
        assertTrue(first >= began, first + " behind " + began);
        Eventually.holds(
                "noted later",
                () -> {
                    store.used(List.of("t"), expiry);
                    return store.lastUsedMillis("t") > first + 3 * expiry.toMillis();
                });
        assertTrue(store.lastUsedMillis("u") <= first);
        empty();
        assertTrue(store.lastUsedMillis("u") > first, "it has forgotten, and begins anew");
    }

    @Test
    void aSecretThatWasRotatedAwayCountsForItsGrace() throws Exception {
        long before = System.currentTimeMillis();
        State first = store.rotate("t", 0, GRACE);
        assertNotNull(first);
        assertEquals(first, state("t"));
        assertEquals(1, first.generation());
        long ends = first.graceEndsMillis();
        assertTrue(ends >= before + GRACE.toMillis() - 1, "its clock is this machine's");
        assertTrue(first.accepts(1, ends) && first.accepts(0, ends - 1));
        assertFalse(first.accepts(0, ends));
        // An answer may have been lost: the old one rotates again while it counts.
        State second = store.rotate("t", 0, Duration.ZERO);
        assertNotNull(second);
        assertEquals(2, second.generation());
        assertFalse(second.accepts(0, before), "only the last one has a grace");
        assertNull(store.rotate("t", 1, GRACE), "its grace was none");
        assertNull(store.rotate("t", 0, GRACE));
        assertNotNull(store.rotate("t", 2, GRACE));
    }

    @Test
    void changesAreReadInOrder() throws Exception {
        Changes none = store.since(0);
        assertEquals(new Changes(0, true, false, Map.of()), none);
        store.delete("a");
        State rotated = store.rotate("b", 0, GRACE);
        Changes both = store.since(0);
        assertEquals(Map.of("a", State.DELETED, "b", rotated), both.states());
        assertEquals(Map.of(), store.since(both.version()).states());
        store.delete("b");
        assertEquals(Map.of("b", State.DELETED), store.since(both.version()).states());
    }

    @Test
    void whatWasLostIsNoticedAndEnteredAgain() throws Exception {
        store.delete("a");
        State rotated = store.rotate("b", 0, GRACE);
        long version = store.since(0).version();
        empty();
        assertTrue(store.since(version).lost());
        store.restore(Map.of("a", State.DELETED, "b", rotated));
        assertEquals(State.DELETED, state("a"));
        assertEquals(rotated, state("b"));
        assertEquals(2, store.since(0).states().size());
    }
}
