package io.cloudtunnel.server.observe;

import io.cloudtunnel.observe.StatusReport;
import io.cloudtunnel.observe.StatusReport.Kind;
import io.cloudtunnel.program.Program;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.server.registry.AgentLink;
import io.cloudtunnel.server.registry.LinkRegistry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * What the status page shows of a server. Safe for use by several threads.
 *
 * @param instance who it is
 * @param ready as {@code /health/ready}
 * @param open public requests in progress
 */
public record ServerStatus(
        String instance,
        LinkRegistry links,
        MemoryBudget budget,
        ServerMeters meters,
        Supplier<HealthHandlers.State> ready,
        IntSupplier open) {

    private static final int MOST_TUNNELS = 100;
    private static final int MOST_LINKS = 300;

    /** A tunnel that has links here. */
    private record Connected(String id, List<AgentLink> links, int streams) {}

    /** The report of this moment. */
    public StatusReport report() {
        String state = ready.get().name().toLowerCase(Locale.ROOT).replace('_', '-');
        TrafficTotals all = meters.totals();
        StatusReport report =
                new StatusReport("tunnel-server " + Program.version())
                        .fact("instance", instance)
                        .fact("ready", state)
                        .fact("requests", Kind.RATE, all.requests())
                        .fact("in progress", Kind.NUMBER, open.getAsInt())
                        .fact("waiting for a link", Kind.NUMBER, links.waiting())
                        .fact("request bodies", Kind.BYTES_RATE, all.bytesIn())
                        .fact("response bodies", Kind.BYTES_RATE, all.bytesOut())
                        .fact("memory budget in use", Kind.BYTES, budget.usedBytes())
                        .fact("of", Kind.BYTES, budget.limitBytes());
        List<Connected> connected = connected();
        tunnels(report, connected);
        links(report, connected);
        meters.recent().report(report);
        return report;
    }

    /** The busiest ones first. */
    private List<Connected> connected() {
        List<Connected> connected = new ArrayList<>();
        for (String id : links.tunnels()) {
            List<AgentLink> its = links.linksOf(id);
            int streams = its.stream().mapToInt(AgentLink::openExchanges).sum();
            connected.add(new Connected(id, its, streams));
        }
        connected.sort(
                Comparator.comparingInt(Connected::streams)
                        .reversed()
                        .thenComparing(Connected::id));
        return connected;
    }

    private void tunnels(StatusReport report, List<Connected> connected) {
        StatusReport.Table table =
                report.table("Tunnels")
                        .column("tunnel", Kind.TEXT)
                        .column("links", Kind.NUMBER)
                        .column("streams", Kind.NUMBER)
                        .column("requests", Kind.NUMBER)
                        .column("requests/s", Kind.RATE)
                        .column("failed", Kind.NUMBER)
                        .column("in", Kind.BYTES_RATE)
                        .column("out", Kind.BYTES_RATE);
        for (Connected each : first(connected, MOST_TUNNELS)) {
            TrafficTotals its = meters.totals(each.id);
            if (its == null) { // it shares its figures with others
                table.row(each.id, each.links.size(), each.streams, null, null, null, null, null);
            } else {
                table.row(
                        each.id,
                        each.links.size(),
                        each.streams,
                        its.requests(),
                        its.requests(),
                        its.failures(),
                        its.bytesIn(),
                        its.bytesOut());
            }
        }
        table.more(Math.max(0, connected.size() - MOST_TUNNELS));
    }

    private static void links(StatusReport report, List<Connected> connected) {
        StatusReport.Table table =
                report.table("Links")
                        .column("tunnel", Kind.TEXT)
                        .column("agent", Kind.TEXT)
                        .column("mode", Kind.TEXT)
                        .column("state", Kind.TEXT)
                        .column("age", Kind.DURATION)
                        .column("streams", Kind.NUMBER);
        long now = System.nanoTime();
        int rows = 0;
        int all = 0;
        for (Connected each : connected) {
            all += each.links.size();
            for (AgentLink link : first(each.links, MOST_LINKS - rows)) {
                rows++;
                table.row(
                        each.id,
                        RequestLine.agent(link.agent()),
                        LinkCensus.mode(link),
                        LinkCensus.state(link),
                        Math.max(0, now - link.openedNanos()) / 1_000_000,
                        link.openExchanges());
            }
        }
        table.more(all - rows);
    }

    private static <T> List<T> first(List<T> all, int most) {
        return all.subList(0, Math.min(all.size(), most));
    }
}
