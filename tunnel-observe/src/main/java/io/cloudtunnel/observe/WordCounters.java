package io.cloudtunnel.observe;

import io.micrometer.core.instrument.Counter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts by a word that our own code chooses, for what happens seldom. Should there ever be more
 * words than {@value #MOST}, the rest is {@code other}.
 */
public final class WordCounters {

    private static final int MOST = 32;

    private final Meters meters;
    private final String name;
    private final String what;
    private final String label;
    private final Map<String, Counter> byWord = new ConcurrentHashMap<>(); // about MOST

    /**
     * Counters of one name.
     *
     * @param label what the word is
     * @param known words that have a figure, though it be 0, from the beginning
     */
    public WordCounters(Meters meters, String name, String what, String label, String... known) {
        this.meters = meters;
        this.name = name;
        this.what = what;
        this.label = label;
        for (String word : known) {
            Counter ignored = of(word);
        }
    }

    /** Counts one. */
    public void count(String word) {
        of(byWord.size() < MOST || byWord.containsKey(word) ? word : "other").increment();
    }

    private Counter of(String word) {
        return byWord.computeIfAbsent(word, w -> meters.counter(name, what, label, w));
    }
}
