package io.cloudtunnel.server;

import io.cloudtunnel.observe.AdminListener;
import io.cloudtunnel.observe.Meters;
import io.cloudtunnel.observe.Metrics;
import io.cloudtunnel.program.Admin;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.server.front.Drain;
import io.cloudtunnel.server.observe.HealthHandlers;
import io.cloudtunnel.server.observe.LinkCensus;
import io.cloudtunnel.server.observe.Observer;
import io.cloudtunnel.server.observe.RequestLogs;
import io.cloudtunnel.server.observe.ServerMeters;
import io.cloudtunnel.server.registry.LinkRegistry;
import io.cloudtunnel.server.relay.Relay;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What of a server operators see: its request log; its metrics, where they are wanted. */
final class Observatory implements AutoCloseable {

    private final Observation settings;
    private final @Nullable Metrics metrics; // null where nobody can ask for them
    private final Observer observer;
    private volatile @Nullable AdminListener listener;

    Observatory(Observation settings) {
        this.settings = settings;
        this.metrics = settings.admin() == null ? null : new Metrics();
        this.observer =
                metrics == null
                        ? Observer.NONE
                        : new ServerMeters(
                                new Meters(metrics.registry()), settings.metricsTunnels());
    }

    /** Who is told what happens. */
    Observer observer() {
        return observer;
    }

    /** Begins what is known of each request. */
    RequestLogs requests() {
        return new RequestLogs(settings, observer);
    }

    /** What is looked up when somebody asks. */
    void watch(
            LinkRegistry links,
            MemoryBudget budget,
            Drain drain,
            Supplier<HealthHandlers.State> health,
            @Nullable Relay relay) {
        if (metrics == null) {
            return;
        }
        Meters meters = new Meters(metrics.registry());
        LinkCensus census = new LinkCensus(links);
        census.show(meters);
        metrics.beforeScrape(census::take);
        meters.gauge("cloudtunnel.requests.open", "requests in progress", drain::running);
        meters.gauge(
                "cloudtunnel.memory.budget.used.bytes",
                "memory in use for what is on its way",
                budget::usedBytes);
        meters.gauge(
                "cloudtunnel.memory.budget.limit.bytes",
                "memory for what is on its way",
                budget::limitBytes);
        meters.gauge(
                "cloudtunnel.ready",
                "1 where /health/ready says so",
                () -> health.get() == HealthHandlers.State.UP ? 1 : 0);
        if (relay != null) {
            meters.gauge(
                    "cloudtunnel.broker.available",
                    "1 where other instances can be reached",
                    () -> relay.isAvailable() ? 1 : 0);
        }
    }

    /**
     * Starts the admin listener, if there is to be one.
     *
     * @throws IllegalStateException if its port cannot be had
     */
    void start() {
        Admin where = settings.admin();
        Metrics shown = metrics;
        if (where != null && shown != null) {
            listener =
                    AdminListener.start(where, routing -> routing.get("/metrics", shown::answer));
        }
    }

    /** The port of the admin listener; -1 where there is none. */
    int port() {
        AdminListener started = listener;
        return started == null ? -1 : started.port();
    }

    @Override
    public void close() {
        AdminListener started = listener;
        if (started != null) {
            started.close();
        }
        if (metrics != null) {
            metrics.close();
        }
    }
}
