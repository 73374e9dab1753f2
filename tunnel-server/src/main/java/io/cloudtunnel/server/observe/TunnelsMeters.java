package io.cloudtunnel.server.observe;

import io.cloudtunnel.observe.Meters;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Which tunnels have figures of their own: the first so many that a request is for; all others
 * share those of {@code other}. That bounds what a scrape has, whoever registers however many. Safe
 * for use by several threads.
 */
final class TunnelsMeters {

    private final Meters meters;
    private final int most;
    private final Map<String, TunnelMeters> own = new ConcurrentHashMap<>(); // bounded by most
    private final AtomicInteger places = new AtomicInteger();
    private final TunnelMeters none;
    private final TunnelMeters other;

    TunnelsMeters(Meters meters, int most) {
        this.meters = meters;
        this.most = most;
        this.none = new TunnelMeters(meters, "none");
        this.other = new TunnelMeters(meters, "other");
    }

    /** The figures of a tunnel; null is for requests that found none. */
    TunnelMeters of(@Nullable String tunnelId) {
        if (tunnelId == null) {
            return none;
        }
        TunnelMeters its = own.get(tunnelId);
        return its != null ? its : places.get() >= most ? other : begin(tunnelId);
    }

    /** What all had together. */
    TrafficTotals totals() {
        TrafficTotals all = none.totals().plus(other.totals());
        for (TunnelMeters each : own.values()) {
            all = all.plus(each.totals());
        }
        return all;
    }

    /** What a tunnel had; null if it has no figures of its own. */
    @Nullable TrafficTotals totals(String tunnelId) {
        TunnelMeters its = own.get(tunnelId);
        return its == null ? null : its.totals();
    }

    private TunnelMeters begin(String tunnelId) {
        TunnelMeters its =
                own.computeIfAbsent(
                        tunnelId,
                        id ->
                                places.incrementAndGet() > most
                                        ? null
                                        : new TunnelMeters(meters, id));
        return its == null ? other : its;
    }
}
