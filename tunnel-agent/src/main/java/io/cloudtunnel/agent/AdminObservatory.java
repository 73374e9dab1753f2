package io.cloudtunnel.agent;

import io.cloudtunnel.agent.observe.AgentObserver;
import io.cloudtunnel.observe.AdminListener;
import io.cloudtunnel.observe.Meters;
import io.cloudtunnel.observe.Metrics;
import io.cloudtunnel.observe.StatusReport;
import io.cloudtunnel.observe.StatusReport.Kind;
import io.cloudtunnel.program.Admin;
import io.cloudtunnel.program.Program;
import io.cloudtunnel.protocol.session.MemoryBudget;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The admin listener of an agent, and its metrics; of one tunnel, or of several that are told by
 * their names.
 */
final class AdminObservatory implements Observatory {

    private final Admin where;
    private final Metrics metrics = new Metrics();
    private final Meters meters = new Meters(metrics.registry());
    private final List<TunnelWatch> tunnels = new CopyOnWriteArrayList<>();
    private volatile @Nullable TunnelWatch own; // of an agent that has all this alone
    private volatile @Nullable AdminListener listener;

    AdminObservatory(Admin where) {
        this.where = where;
        metrics.beforeScrape(() -> tunnels.forEach(TunnelWatch::refresh));
    }

    /** Meters of one name have the same labels: so either one without a name, or some with. */
    @Override
    public Observatory ofTunnel(String name) {
        TunnelWatch watch = new TunnelWatch(name, metrics.registry(), tunnels::remove);
        tunnels.add(watch);
        return watch;
    }

    private Observatory own() {
        TunnelWatch watch = own;
        if (watch == null) {
            watch = new TunnelWatch("", metrics.registry(), tunnels::remove);
            tunnels.add(watch);
            own = watch;
        }
        return watch;
    }

    @Override
    public AgentObserver observer() {
        return own().observer();
    }

    @Override
    public void watch(LinkSet all, MemoryBudget budget) {
        own().watch(all, budget);
        watch(budget);
    }

    @Override
    public void watch(MemoryBudget budget) {
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
        List<TunnelWatch> all =
                tunnels.stream().sorted(Comparator.comparing(TunnelWatch::name)).toList();
        StatusReport report = new StatusReport("tunnel-agent " + Program.version());
        boolean several = all.stream().noneMatch(each -> each.name().isEmpty());
        long connected = all.stream().filter(TunnelWatch::isConnected).count();
        if (several) {
            report.fact("tunnels", Kind.NUMBER, all.size())
                    .fact("connected", Kind.NUMBER, connected);
            StatusReport.Table table =
                    report.table("Tunnels")
                            .column("tunnel", Kind.TEXT)
                            .column("connected", Kind.TEXT)
                            .column("links", Kind.NUMBER)
                            .column("requests", Kind.RATE)
                            .column("in progress", Kind.NUMBER);
            all.forEach(each -> each.row(table));
        } else {
            report.fact("connected", connected == 0 ? "no" : "yes");
        }
        StatusReport.Table links = report.table("Links");
        if (several) {
            links.column("tunnel", Kind.TEXT);
        }
        links.column("instance", Kind.TEXT)
                .column("mode", Kind.TEXT)
                .column("state", Kind.TEXT)
                .column("age", Kind.DURATION);
        all.forEach(each -> each.links(links));
        if (!several) {
            all.forEach(each -> each.report(report));
        }
        return report;
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
