package io.cloudtunnel.server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OwnersTest {

    private final AtomicLong time = new AtomicLong();
    private final Directory directory = new MemoryEngine(time::get).engine().directory();
    private final Owners owners = new Owners(directory, time::get);

    private List<String> known(boolean fresh) throws Exception {
        return owners.of("t", fresh).stream().map(Directory.Owner::instance).toList();
    }

    private void pass(long millis) throws Exception {
        time.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
        directory.beat("one", 0);
        directory.beat("two", 0);
    }

    @Test
    void whatWasSaidHoldsForAMoment() throws Exception {
        pass(0);
        long generation = directory.claim("t", "one");
        assertEquals(List.of("one"), known(false));
        directory.release("t", "one", generation);
        pass(299);
        assertEquals(List.of("one"), known(false));
        assertEquals(List.of(), known(true), "asked afresh");
        assertEquals(List.of(), known(false), "and not forgotten again");
        assertTrue(owners.hadLately("t"));
        pass(61_000);
        assertFalse(owners.hadLately("t"));
    }

    @Test
    void afterThatItIsAskedAgain() throws Exception {
        pass(0);
        long generation = directory.claim("t", "one");
        assertEquals(List.of("one"), known(false));
        directory.release("t", "one", generation);
        directory.claim("t", "two");
        pass(300);
        assertEquals(List.of("two"), known(false));
    }
}
