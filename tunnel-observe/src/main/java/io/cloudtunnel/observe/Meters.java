package io.cloudtunnel.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** Makes meters, once for all: a request finds them made. Safe for use by several threads. */
public final class Meters implements AutoCloseable {

    private static final long[] LATENCIES_MILLIS = {
        1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000
    };
    private static final long[] LIFETIMES_MILLIS = {
        1000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000
    };

    private final MeterRegistry registry;
    private final Tags common;
    private final Queue<Meter> made = new ConcurrentLinkedQueue<>(); // as many as are declared

    /** Makes them in a registry. */
    public Meters(MeterRegistry registry) {
        this(registry, new String[0]);
    }

    /**
     * The same.
     *
     * @param tags names and values by turns, which all of them have
     */
    public Meters(MeterRegistry registry, String... tags) {
        this.registry = registry;
        this.common = Tags.of(tags);
    }

    private <M extends Meter> M kept(M meter) {
        made.add(meter);
        return meter;
    }

    /** Takes them out of the registry. */
    @Override
    public void close() {
        for (Meter meter = made.poll(); meter != null; meter = made.poll()) {
            registry.remove(meter);
        }
    }

    /**
     * A counter.
     *
     * @param tags names and values by turns
     */
    public Counter counter(String name, String what, String... tags) {
        return kept(
                Counter.builder(name).description(what).tags(common.and(tags)).register(registry));
    }

    /** A value that is looked up when it is asked for. */
    public void gauge(String name, String what, Supplier<Number> value, String... tags) {
        Gauge ignored =
                kept(
                        Gauge.builder(name, value)
                                .description(what)
                                .tags(common.and(tags))
                                .register(registry));
    }

    /** A histogram of latencies, with buckets from 1 ms to a minute. */
    public Timer latency(String name, String what) {
        return histogram(name, what, LATENCIES_MILLIS);
    }

    /** A histogram of times that things last, with buckets from 1 s to an hour. */
    public Timer lifetime(String name, String what) {
        return histogram(name, what, LIFETIMES_MILLIS);
    }

    private Timer histogram(String name, String what, long[] bucketsMillis) {
        Duration[] buckets = new Duration[bucketsMillis.length];
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = Duration.ofMillis(bucketsMillis[i]);
        }
        return kept(
                Timer.builder(name)
                        .description(what)
                        .tags(common)
                        .serviceLevelObjectives(buckets)
                        .register(registry));
    }
}
