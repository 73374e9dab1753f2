package io.cloudtunnel.agent;

import io.cloudtunnel.agent.observe.AgentMeters;
import io.cloudtunnel.agent.observe.AgentObserver;
import io.cloudtunnel.observe.Meters;
import io.cloudtunnel.observe.StatusReport;
import io.cloudtunnel.program.Printable;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One tunnel's figures, in an observatory that may have several. Safe for use by several threads.
 */
final class TunnelWatch implements Observatory {

    private static final int LONGEST_NAME = 64;

    private final String name;
    private final Meters meters;
    private final AgentMeters observer;
    private final Consumer<TunnelWatch> atEnd;
    private volatile List<LiveLink> links = List.of(); // at the last scrape
    private volatile @Nullable LinkSet set; // from watch on

    /**
     * Figures from now on.
     *
     * @param name what they are labelled with; empty for nothing
     * @param atEnd is told when they end
     */
    TunnelWatch(String name, MeterRegistry registry, Consumer<TunnelWatch> atEnd) {
        this.name = name;
        this.meters = name.isEmpty() ? new Meters(registry) : new Meters(registry, "tunnel", name);
        this.observer = new AgentMeters(meters);
        this.atEnd = atEnd;
    }

    String name() {
        return name;
    }

    @Override
    public AgentObserver observer() {
        return observer;
    }

    /** Not at the budget, which is everybody's: the whole observatory has it. */
    @Override
    public void watch(LinkSet all, MemoryBudget budget) {
        set = all;
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
    }

    /** Looks at the links, for all figures of one scrape. */
    void refresh() {
        links = now();
    }

    private List<LiveLink> now() {
        LinkSet all = set;
        return all == null ? List.of() : all.all();
    }

    /** Whether a link lives. */
    boolean isConnected() {
        return !now().isEmpty();
    }

    /** Adds what was counted to a report of this tunnel alone. */
    void report(StatusReport report) {
        observer.report(report);
    }

    /** Adds its row to a table of tunnels. */
    void row(StatusReport.Table tunnels) {
        tunnels.row(
                name, isConnected() ? "yes" : "no", now().size(), observer.sum(), observer.open());
    }

    /** Adds its links to a table; the tunnel's name comes first, where it has one. */
    void links(StatusReport.Table table) {
        for (LiveLink link : now()) {
            String instance = link.terms().instance();
            String shown = instance == null ? null : Printable.of(instance, LONGEST_NAME);
            String mode = link.isBinary() ? "binary" : "json";
            String state = isCurrent(link) ? "current" : "leaving";
            long age = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - link.opened());
            if (name.isEmpty()) {
                table.row(shown, mode, state, age);
            } else {
                table.row(name, shown, mode, state, age);
            }
        }
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

    /** Nobody asks for them any more. */
    @Override
    public void close() {
        meters.close();
        atEnd.accept(this);
    }
}
