package io.cloudtunnel.server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.relay.Holdings.Names;
import io.cloudtunnel.server.relay.Holdings.Taken;
import io.cloudtunnel.server.relay.SecretStore.State;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every store keeps of whose a tunnel is; beside what it keeps of secrets. */
public abstract class HoldingsContract extends SecretStoreContract {

    private static final String ANNA = "keys:anna";
    private static final String BERT = "keys:bert {secrets}: \u00e9\n";
    private static final int MANY = 100;

    /** An id that was made. */
    private static final String ID = "abcdefghijklmnopqrstuvwxyz234567";

    private long take(String tunnel, String owner) throws Exception {
        return assertInstanceOf(Taken.Yes.class, holdings().take(tunnel, owner, MANY)).generation();
    }

    private void assertOfAnother(String tunnel, String owner) throws Exception {
        assertInstanceOf(Taken.OfAnother.class, holdings().take(tunnel, owner, MANY));
    }

    private State state(String tunnel) throws Exception {
        return store().states(List.of(tunnel)).getOrDefault(tunnel, State.INITIAL);
    }

    @Test
    void aNameIsWhoseTookIt() throws Exception {
        long generation = take("shop", ANNA);
        assertTrue(generation >= System.currentTimeMillis() / 1000 - 2, "later than any before");
        assertEquals(generation, state("shop").generation());
        assertEquals(generation, take("shop", ANNA), "again");
        assertOfAnother("shop", BERT);
        assertEquals(List.of("shop"), holdings().of(ANNA));
        assertEquals(List.of(), holdings().of(BERT));
    }

    @Test
    void aFreedNameCanBeTakenAndNoSecretOfBeforeCounts() throws Exception {
        long old = take("shop", ANNA);
        assertNull(holdings().free("shop", old - 1), "a secret of before frees nothing");
        assertOfAnother("shop", BERT);
        State freed = holdings().free("shop", old);
        assertNotNull(freed);
        assertFalse(freed.accepts(old, 0));
        assertNull(holdings().free("shop", old));
        assertEquals(List.of(), holdings().of(ANNA));
        long now = take("shop", BERT);
        assertTrue(now > old, now + " after " + old);
        assertFalse(state("shop").accepts(old, 0));
        assertNull(holdings().free("shop", old));
        assertOfAnother("shop", ANNA);
    }

    @Test
    void afterARotationTheNewestSecretFrees() throws Exception {
        long first = take("shop", ANNA);
        State rotated = store().rotate("shop", first, java.time.Duration.ZERO);
        assertNotNull(rotated);
        assertEquals(rotated.generation(), take("shop", ANNA));
        assertNull(holdings().free("shop", first));
        assertNotNull(holdings().free("shop", rotated.generation()));
    }

    @Test
    void anOwnerHasSoMany() throws Exception {
        assertInstanceOf(Taken.Yes.class, holdings().take(ID, ANNA, 2));
        long shop = take("shop", ANNA);
        assertInstanceOf(Taken.TooMany.class, holdings().take("blog", ANNA, 2));
        assertInstanceOf(Taken.Yes.class, holdings().take("shop", ANNA, 2), "he has that one");
        assertInstanceOf(Taken.Yes.class, holdings().take("blog", BERT, 2), "each for himself");
        assertEquals(Set.of(ID, "shop"), Set.copyOf(holdings().of(ANNA)));
        store().delete(ID);
        assertEquals(State.DELETED, state(ID));
        assertInstanceOf(Taken.Yes.class, holdings().take("docs", ANNA, 2));
        assertInstanceOf(Taken.TooMany.class, holdings().take("more", ANNA, 2));
        assertNotNull(holdings().free("shop", shop));
        assertInstanceOf(Taken.Yes.class, holdings().take("more", ANNA, 2));
    }

    /** As somebody who asks again and again sees them. */
    private long learn(long version, Set<String> names) throws Exception {
        Names next = holdings().names(version);
        while (true) {
            if (next.fresh()) {
                names.clear();
            }
            names.addAll(next.taken());
            names.removeAll(next.freed());
            if (!next.more()) {
                return next.version();
            }
            next = holdings().names(next.version());
        }
    }

    @Test
    void namesAreLearnedInOrder() throws Exception {
        Set<String> seen = new HashSet<>();
        long version = learn(0, seen);
        assertEquals(Set.of(), seen);
        long shop = take("shop", ANNA);
        long blog = take("blog", BERT);
        take(ID, ANNA);
        version = learn(version, seen);
        assertEquals(Set.of("shop", "blog"), seen, "no ids that were made");
        version = learn(version, seen);
        assertEquals(Set.of("shop", "blog"), seen);
        assertNotNull(holdings().free("shop", shop));
        assertNotNull(holdings().free("blog", blog));
        take("blog", ANNA);
        version = learn(version, seen);
        assertEquals(Set.of("blog"), seen);
        Set<String> late = new HashSet<>();
        learn(0, late);
        assertEquals(Set.of("blog"), late);
        empty();
        take("news", ANNA);
        learn(version, seen);
        assertEquals(Set.of("news"), seen, "it has forgotten the others");
    }

    /** More than are told at once, by twice as many and some more. */
    protected int many() {
        return 2300;
    }

    @Test
    void manyNamesAreLearnedInPieces() throws Exception {
        Set<String> seen = new HashSet<>();
        long version = learn(0, seen);
        Set<String> all = new HashSet<>();
        for (int i = 0; i < many(); i++) {
            String name = "name-" + i;
            long ignored = take(name, "keys:k" + i / 50);
            all.add(name);
        }
        version = learn(version, seen);
        assertEquals(all, seen);
        for (int i = 0; i < many() / 23 * 12; i++) {
            assertNotNull(holdings().free("name-" + i, state("name-" + i).generation()));
            all.remove("name-" + i);
        }
        version = learn(version, seen);
        assertEquals(all, seen);
        for (int i = 0; i < many() / 23 * 11; i++) {
            long ignored = take("name-" + i, "keys:n" + i / 50);
            all.add("name-" + i);
        }
        learn(version, seen);
        assertEquals(all, seen);
    }

    @Test
    void aNameThatAStoreHasForgottenGetsNoSecretOfBefore() throws Exception {
        long old = take("shop", ANNA);
        empty();
        long now = take("shop", BERT);
        assertTrue(now >= old, "by the clock");
        store().restore(java.util.Map.of("shop", new State(false, old + 5, 0)));
        assertNotNull(holdings().free("shop", old + 5));
        assertTrue(take("shop", ANNA) > old + 5);
    }
}
