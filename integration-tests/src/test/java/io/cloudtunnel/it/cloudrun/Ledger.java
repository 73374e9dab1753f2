package io.cloudtunnel.it.cloudrun;

import io.cloudtunnel.it.Wire;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which process had each request, by the number that the load gives it; kept by the front end. Safe
 * for use by several threads.
 */
final class Ledger {

    /** The field that has the number. */
    static final String FIELD = "X-Load-Number";

    /** One request; it is passed to one process only. */
    private record Entry(Instance to, long endedNanos) {
        boolean isOpen() {
            return endedNanos == 0;
        }
    }

    private final Map<String, Entry> entries = new ConcurrentHashMap<>(); // one for each request

    /** A request goes to a process. */
    void passed(Wire.Head head, Instance to) {
        String number = head.first(FIELD);
        if (!number.isEmpty()) {
            entries.put(number, new Entry(to, 0));
        }
    }

    /** The same for who knows the number. */
    void passed(long number, Instance to) {
        entries.put(Long.toString(number), new Entry(to, 0));
    }

    /** Which process had a request; null where none had. */
    @Nullable Instance to(long number) {
        Entry entry = entries.get(Long.toString(number));
        return entry == null ? null : entry.to();
    }

    /** Its answer has come to its end, or was broken off. */
    void ended(Wire.Head head) {
        entries.computeIfPresent(
                head.first(FIELD), (number, entry) -> new Entry(entry.to(), System.nanoTime()));
    }

    /** Whether its process got SIGKILL before the answer had ended. */
    boolean isExcused(long number) {
        Entry entry = entries.get(Long.toString(number));
        return entry != null
                && (entry.isOpen()
                        ? entry.to().wasKilled()
                        : entry.to().wasKilledBefore(entry.endedNanos()));
    }

    /** Which process had a request, for people. */
    String where(long number) {
        Entry entry = entries.get(Long.toString(number));
        return entry == null ? "no process" : entry.to().toString();
    }
}
