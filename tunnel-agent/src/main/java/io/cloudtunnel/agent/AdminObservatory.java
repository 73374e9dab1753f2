package io.cloudtunnel.agent;

import io.cloudtunnel.agent.observe.AgentMeters;
import io.cloudtunnel.agent.observe.AgentObserver;
import io.cloudtunnel.observe.AdminListener;
import io.cloudtunnel.observe.Meters;
import io.cloudtunnel.observe.Metrics;
import io.cloudtunnel.observe.StatusReport;
import io.cloudtunnel.program.Admin;
import io.cloudtunnel.program.Printable;
import io.cloudtunnel.program.Program;
import io.cloudtunnel.protocol.session.MemoryBudget;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The admin listener of an agent, and its metrics. */
final class AdminObservatory implements Observatory {

    private static final int LONGEST_NAME = 64;

    private final Admin where;
    private final Metrics metrics = new Metrics();
    private final Meters meters = new Meters(metrics.registry());
    private final AgentMeters observer = new AgentMeters(meters);
    private volatile List<LiveLink> links = List.of(); // at the last scrape
    private volatile @Nullable LinkSet set; // from watch on
    private volatile @Nullable AdminListener listener;

    AdminObservatory(Admin where) {
        this.where = where;
    }

    @Override
    public AgentObserver observer() {
        return observer;
    }

    @Override
    public void watch(LinkSet all, MemoryBudget budget) {
        set = all;
        metrics.beforeScrape(() -> links = all.all());
        meters.gauge(
                "cloudtunnel.agent.connected",
                "1 while a link lives",
                () -> links.isEmpty() ? 0 : 1);
        for (boolean binary : new boolean[] {true, false}) {
            for (boolean current : new boolean[] {true, false}) {
                meters.gauge(
                        "cloudtunnel.agent.links",
                        "links to the server",
                        () -> count(binary, current),
                        "mode",
                        binary ? "binary" : "json",
                        "state",
                        current ? "current" : "leaving");
            }
        }
        age("oldest", () -> ages(true));
        age("youngest", () -> ages(false));
        meters.gauge(
                "cloudtunnel.agent.memory.budget.used.bytes",
                "memory in use for what is on its way",
                budget::usedBytes);
        meters.gauge(
                "cloudtunnel.agent.memory.budget.limit.bytes",
                "memory for what is on its way",
                budget::limitBytes);
    }

    private StatusReport report() {
        LinkSet all = set;
        List<LiveLink> now = all == null ? List.of() : all.all();
        StatusReport report =
                new StatusReport("tunnel-agent " + Program.version())
                        .fact("connected", now.isEmpty() ? "no" : "yes");
        StatusReport.Table table =
                report.table("Links")
                        .column("instance", StatusReport.Kind.TEXT)
                        .column("mode", StatusReport.Kind.TEXT)
                        .column("state", StatusReport.Kind.TEXT)
                        .column("age", StatusReport.Kind.DURATION);
        for (LiveLink link : now) {
            String instance = link.terms().instance();
            table.row(
                    instance == null ? null : Printable.of(instance, LONGEST_NAME),
                    link.isBinary() ? "binary" : "json",
                    isCurrent(link) ? "current" : "leaving",
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - link.opened()));
        }
        observer.report(report);
        return report;
    }

    private void age(String which, Supplier<Number> value) {
        meters.gauge("cloudtunnel.agent.link.age.seconds", "ages of links", value, "which", which);
    }

    private long count(boolean binary, boolean current) {
        return links.stream()
                .filter(link -> link.isBinary() == binary && isCurrent(link) == current)
                .count();
    }

    private static boolean isCurrent(LiveLink link) {
        return link.isCurrent() && !link.isLeft();
    }

    private double ages(boolean oldest) {
        long now = System.nanoTime();
        var all = links.stream().mapToLong(link -> now - link.opened());
        long nanos = (oldest ? all.max() : all.min()).orElse(0);
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }

    @Override
    public void start() {
        try {
            listener = AdminListener.start(where, metrics, this::report);
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public int port() {
        AdminListener started = listener;
        return started == null ? -1 : started.port();
    }

    @Override
    public void close() {
        AdminListener started = listener;
        if (started != null) {
            started.close();
        }
        metrics.close();
    }
}
