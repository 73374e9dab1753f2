package io.cloudtunnel.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Meters of one of several parts of a program have its name, and go with it. */
class MetersTest {

    @Test
    void partsHaveTheirOwnAndTakeThemAway() {
        try (Metrics metrics = new Metrics()) {
            Meters others = new Meters(metrics.registry(), "tunnel", "b");
            others.counter("sample.count", "x", "k", "v").increment();
            for (int round = 1; round <= 2; round++) {
                int value = round;
                try (Meters ours = new Meters(metrics.registry(), "tunnel", "a")) {
                    ours.gauge("sample.gauge", "x", () -> value);
                    ours.counter("sample.count", "x", "k", "v").increment();
                    ours.latency("sample.time", "x");
                    String text = scrape(metrics);
                    assertTrue(text.contains("sample_gauge{tunnel=\"a\"} " + value), text);
                    assertTrue(text.contains("sample_count_total{k=\"v\",tunnel=\"a\"} 1"), text);
                    assertTrue(text.contains("sample_time_seconds_count{tunnel=\"a\"} 0"), text);
                }
                String after = scrape(metrics);
                assertFalse(after.contains("tunnel=\"a\""), after);
                assertTrue(after.contains("sample_count_total{k=\"v\",tunnel=\"b\"} 1"), after);
            }
            assertEquals(1, others.counter("sample.count", "x", "k", "v").count());
        }
    }

    private static String scrape(Metrics metrics) {
        return ((io.micrometer.prometheusmetrics.PrometheusMeterRegistry) metrics.registry())
                .scrape();
    }
}
