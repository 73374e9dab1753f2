package io.cloudtunnel.server;

import io.cloudtunnel.observe.AdminListener;
import io.cloudtunnel.observe.Meters;
import io.cloudtunnel.observe.Metrics;
import io.cloudtunnel.observe.Traces;
import io.cloudtunnel.program.Admin;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.server.front.Drain;
import io.cloudtunnel.server.observe.HealthHandlers;
import io.cloudtunnel.server.observe.LinkCensus;
import io.cloudtunnel.server.observe.Observer;
import io.cloudtunnel.server.observe.RequestLogs;
import io.cloudtunnel.server.observe.ServerMeters;
import io.cloudtunnel.server.observe.ServerStatus;
import io.cloudtunnel.server.registry.LinkRegistry;
import io.cloudtunnel.server.relay.Relay;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What of a server operators see: its request log; metrics and traces, where they are wanted. */
final class Observatory implements AutoCloseable {

    private final Observation settings;
    private final @Nullable Metrics metrics; // null where nobody can ask for them
    private final @Nullable Traces traces; // null where nobody wants them
    private final Observer observer;
    private final @Nullable ServerMeters meters; // where there are metrics
    private volatile @Nullable ServerStatus status; // from watch on
    private volatile @Nullable AdminListener listener;

    Observatory(Observation settings) {
        this.settings = settings;
        this.traces =
                settings.tracing() == null
                        ? null
                        : Traces.start(settings.tracing(), "cloudtunnel-server");
        this.metrics = settings.admin() == null ? null : new Metrics();
        this.meters =
                metrics == null
                        ? null
                        : new ServerMeters(
                                new Meters(metrics.registry()), settings.metricsTunnels());
        this.observer = meters == null ? Observer.NONE : meters;
    }

    /** Who is told what happens. */
    Observer observer() {
        return observer;
    }

    /** Begins what is known of each request. */
    RequestLogs requests() {
        return new RequestLogs(settings, observer, traces);
    }

    /** What is looked up when somebody asks. */
    void watch(
            String instance,
            LinkRegistry links,
            MemoryBudget budget,
            Drain drain,
            Supplier<HealthHandlers.State> health,
            @Nullable Relay relay) {
        if (metrics == null || meters == null) {
            return;
        }
        status = new ServerStatus(instance, links, budget, meters, health, drain::running);
        Meters make = new Meters(metrics.registry());
        LinkCensus census = new LinkCensus(links);
        census.show(make);
        metrics.beforeScrape(census::take);
        make.gauge("cloudtunnel.requests.open", "requests in progress", drain::running);
        make.gauge(
                "cloudtunnel.memory.budget.used.bytes",
                "memory in use for what is on its way",
                budget::usedBytes);
        make.gauge(
                "cloudtunnel.memory.budget.limit.bytes",
                "memory for what is on its way",
                budget::limitBytes);
        make.gauge(
                "cloudtunnel.ready",
                "1 where /health/ready says so",
                () -> health.get() == HealthHandlers.State.UP ? 1 : 0);
        if (relay != null) {
            make.gauge(
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
        ServerStatus shown = status;
        if (where != null && metrics != null && shown != null) {
            listener = AdminListener.start(where, metrics, shown::report);
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
        if (traces != null) {
            traces.close();
        }
    }
}
