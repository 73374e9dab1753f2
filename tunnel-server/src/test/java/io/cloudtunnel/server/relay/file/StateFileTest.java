package io.cloudtunnel.server.relay.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.relay.BrokerException;
import io.cloudtunnel.server.relay.Holdings.Taken;
import io.cloudtunnel.server.relay.HoldingsContract;
import io.cloudtunnel.server.relay.KeptStates;
import io.cloudtunnel.server.relay.SecretStore;
import io.cloudtunnel.server.relay.SecretStore.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract, kept by a file, and what is in it after the worst that can happen. */
class StateFileTest extends HoldingsContract {

    private static final Duration HOUR = Duration.ofHours(1);

    /** Longer than any other: less of it than what is written next would go unnoticed. */
    private static final String LONG = "a-tunnel-with-a-long-name";

    private static final String OWNER = "keys:anna \u00e9\n 100%";

    @TempDir private Path folder;
    private @Nullable StateFile contract;

    private Path path() {
        return folder.resolve("deep/state");
    }

    private static StateFile open(Path file) {
        StateFile opened = new StateFile(file, Clock.systemUTC());
        opened.open();
        return opened;
    }

    @Override
    protected AutoCloseable engine() {
        StateFile opened = open(folder.resolve("of-the-contract"));
        contract = opened;
        return opened;
    }

    /** Each of them waits for the disk. */
    @Override
    protected int many() {
        return 46;
    }

    @Override
    protected void empty() throws BrokerException {
        Objects.requireNonNull(contract).forget();
    }

    private static Map<String, State> states(SecretStore store) throws Exception {
        return store.states(List.of("a", "b", "c", "d", LONG));
    }

    @Test
    void allIsThereWhenItIsOpenedAgain() throws Exception {
        State rotated;
        long used;
        long since;
        long shop;
        try (StateFile first = open(path())) {
            first.delete("a");
            rotated = first.rotate("b", 0, HOUR);
            first.used(List.of("b", "c"), HOUR);
            shop = ((Taken.Yes) first.take("shop", OWNER, 5)).generation();
            long blog = ((Taken.Yes) first.take("blog", OWNER, 5)).generation();
            assertNotNull(first.free("blog", blog));
            first.take("docs", "keys:bert", 5);
            used = first.lastUsedMillis("b");
            since = first.lastUsedMillis("d");
        }
        for (int i = 0; i < 3; i++) {
            try (StateFile again = open(path())) {
                assertEquals(Map.of("a", State.DELETED, "b", rotated), states(again));
                assertEquals(used, again.lastUsedMillis("c"));
                assertEquals(since, again.lastUsedMillis("d"), "else nothing would ever expire");
                again.delete("a");
                assertEquals(new Taken.Yes(shop), again.take("shop", OWNER, 5));
                assertEquals(new Taken.OfAnother(), again.take("docs", OWNER, 5));
                assertEquals(List.of("shop"), again.of(OWNER));
                assertEquals(Set.of("shop", "docs"), again.names(0).taken());
                State freed = again.states(List.of("blog")).get("blog");
                assertTrue(freed != null && freed.generation() > shop, "later than any");
            }
        }
    }

    /** A crash cuts the file anywhere within its last write; what was told before is all there. */
    @Test
    void aWriteThatWasCutLosesNothingOfWhatWasToldBefore() throws Exception {
        long before;
        byte[] all;
        try (StateFile first = open(path())) {
            first.delete("a");
            before = Files.size(path());
            first.delete(LONG);
            all = Files.readAllBytes(path());
        }
        for (int cut = (int) before; cut < all.length; cut++) {
            Path file = folder.resolve("cut-" + cut);
            Files.write(file, Arrays.copyOf(all, cut));
            try (StateFile again = open(file)) {
                assertEquals(Map.of("a", State.DELETED), states(again), "cut at " + cut);
                again.delete("c");
            }
            try (StateFile later = open(file)) {
                assertEquals(Map.of("a", State.DELETED, "c", State.DELETED), states(later));
            }
        }
    }

    /** The system may have written the end of the last line and not its beginning. */
    @Test
    void aHoleInTheLastLineIsACut() throws Exception {
        byte[] all;
        int before;
        try (StateFile first = open(path())) {
            first.delete("a");
            before = (int) Files.size(path());
            first.delete("b");
            all = Files.readAllBytes(path());
        }
        Arrays.fill(all, before, before + 12, (byte) 0);
        Files.write(path(), all);
        try (StateFile again = open(path())) {
            assertEquals(Map.of("a", State.DELETED), states(again));
        }
    }

    @Test
    void damageBeforeTheEndIsNotPassedOver() throws Exception {
        try (StateFile first = open(path())) {
            first.delete("a");
            first.delete("b");
        }
        byte[] all = Files.readAllBytes(path());
        all[60] ^= 1;
        Files.write(path(), all);
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> open(path()));
        assertTrue(String.valueOf(e.getMessage()).contains("is damaged"), e.getMessage());
        assertEquals(all.length, Files.size(path()), "it is left as it is");
    }

    @Test
    void anotherFileIsLeftAlone() throws Exception {
        Files.writeString(folder.resolve("other"), "key: value");
        assertThrows(IllegalStateException.class, () -> open(folder.resolve("other")));
        assertEquals("key: value", Files.readString(folder.resolve("other")));
    }

    @Test
    void oneAtATimeHasIt() {
        try (StateFile first = open(path())) {
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> open(path()));
            assertTrue(String.valueOf(e.getMessage()).contains("STATE_FILE"), e.getMessage());
            assertNotNull(first);
        }
        open(path()).close();
    }

    @Test
    void whatIsOfNoUseAnyMoreIsLeftOut() throws Exception {
        long most = 0;
        State last = State.INITIAL;
        try (StateFile store = open(path())) {
            Map<String, State> many = new HashMap<>();
            for (int i = 0; i < 12_000; i++) { // half a megabyte, in one go below
                many.put("tunnel-with-quite-a-long-name-to-be-sure-" + i, State.DELETED);
            }
            for (int round = 0; round < 30; round++) {
                store.used(many.keySet(), HOUR);
                most = Math.max(most, Files.size(path()));
            }
            last = store.rotate("b", 0, HOUR);
            store.delete("a");
        }
        assertTrue(most < 4 << 20, most + " bytes");
        try (StateFile again = open(path())) {
            assertEquals(Map.of("a", State.DELETED, "b", last), states(again));
        }
        assertFalse(Files.exists(folder.resolve("deep/state.new")));
    }

    /** Of changes some are kept in order; of states all. */
    @Test
    void moreChangesThanAreKeptInOrder() {
        KeptStates states = new KeptStates(0);
        int more = KeptStates.MOST_CHANGES + 10;
        for (int i = 0; i < more; i++) {
            assertTrue(states.enter("t" + i, State.DELETED));
        }
        assertFalse(states.since(0).complete());
        assertFalse(states.since(9).complete());
        assertTrue(states.since(10).complete());
        assertEquals(KeptStates.MOST_CHANGES, states.since(10).states().size());
        assertEquals(more, states.all().size());
    }

    @Test
    void whereItCannotBeWrittenNothingIsTold() throws Exception {
        StateFile store = open(path());
        store.delete("a");
        store.close();
        assertThrows(BrokerException.class, () -> store.delete("b"));
        assertEquals(Map.of("a", State.DELETED), states(store));
    }
}
