package io.cloudtunnel.benchmarks.load;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** Times of requests, in nanoseconds. Safe for use by several threads. */
final class Latencies {

    private final long[] nanos;
    private final AtomicInteger size = new AtomicInteger();

    /** Keeps the first so many. */
    Latencies(int capacity) {
        nanos = new long[capacity];
    }

    void add(long value) {
        int at = size.getAndIncrement();
        if (at < nanos.length) {
            nanos[at] = value;
        }
    }

    int count() {
        return Math.min(size.get(), nanos.length);
    }

    /** The time that so many of a hundred stay under, in milliseconds; once all are added. */
    double percentileMillis(double percent) {
        long[] sorted = Arrays.copyOf(nanos, count());
        Arrays.sort(sorted);
        int at = (int) Math.ceil(sorted.length * percent / 100) - 1;
        return sorted.length == 0 ? Double.NaN : sorted[Math.max(0, at)] / 1e6;
    }
}
