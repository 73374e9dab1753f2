package io.cloudtunnel.observe;

import io.micrometer.core.instrument.Counter;
import java.util.Arrays;

/** Counts by the class of a status: six figures, made beforehand. */
public final class StatusCounters {

    private final Counter[] byClass = new Counter[6]; // the first one: no status at all

    /**
     * Counters of one name.
     *
     * @param tags more names and values, by turns
     */
    public StatusCounters(Meters meters, String name, String what, String... tags) {
        String[] all = Arrays.copyOf(tags, tags.length + 2);
        all[tags.length] = "status";
        for (int i = 0; i < byClass.length; i++) {
            all[tags.length + 1] = i == 0 ? "none" : i + "xx";
            byClass[i] = meters.counter(name, what, all);
        }
    }

    /** All that were counted. */
    public double sum() {
        double sum = 0;
        for (Counter each : byClass) {
            sum += each.count();
        }
        return sum;
    }

    /** Counts one; a status that is none has a place, too. */
    public void count(int status) {
        int index = status / 100;
        byClass[index < byClass.length && index > 0 ? index : 0].increment();
    }
}
