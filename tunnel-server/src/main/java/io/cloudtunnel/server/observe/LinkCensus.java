package io.cloudtunnel.server.observe;

import io.cloudtunnel.observe.Meters;
import io.cloudtunnel.server.registry.AgentLink;
import io.cloudtunnel.server.registry.LinkRegistry;
import java.util.concurrent.TimeUnit;

/**
 * Counts the links once for each scrape, so that its figures go together and thousands of links are
 * walked once. Safe for use by several threads.
 */
public final class LinkCensus {

    private static final String[] MODES = {"binary", "json"};
    private static final String[] STATES = {"ready", "busy", "leaving"};

    /** Of one moment. */
    private static final class Count {
        private final int[][] links = new int[MODES.length][STATES.length];
        private int tunnels;
        private int streams;
        private long oldest;
        private long youngest = Long.MAX_VALUE;
    }

    private final LinkRegistry links;
    private volatile Count last = new Count(); // not changed any more

    /** A census of these links, which nobody has taken yet. */
    public LinkCensus(LinkRegistry links) {
        this.links = links;
    }

    private static int modeOf(AgentLink link) {
        return link.carriesInterim() ? 0 : 1;
    }

    private static int stateOf(AgentLink link) {
        return !link.takesRequests() ? 2 : link.isReady() ? 0 : 1;
    }

    static String mode(AgentLink link) {
        return MODES[modeOf(link)];
    }

    static String state(AgentLink link) {
        return STATES[stateOf(link)];
    }

    /** Takes it. */
    public void take() {
        Count count = new Count();
        long now = System.nanoTime();
        for (AgentLink link : links.all()) {
            count.links[modeOf(link)][stateOf(link)]++;
            count.streams += link.openExchanges();
            long age = now - link.openedNanos();
            count.oldest = Math.max(count.oldest, age);
            count.youngest = Math.min(count.youngest, age);
        }
        count.youngest = Math.min(count.youngest, count.oldest); // 0 where there is none
        count.tunnels = links.tunnels().size();
        last = count;
    }

    /** Makes the gauges that show it. */
    public void show(Meters meters) {
        for (int mode = 0; mode < MODES.length; mode++) {
            for (int state = 0; state < STATES.length; state++) {
                int m = mode;
                int s = state;
                meters.gauge(
                        "cloudtunnel.links",
                        "agents' links",
                        () -> last.links[m][s],
                        "mode",
                        MODES[m],
                        "state",
                        STATES[s]);
            }
        }
        age(meters, "oldest");
        age(meters, "youngest");
        meters.gauge("cloudtunnel.streams.open", "requests open on links", () -> last.streams);
        meters.gauge(
                "cloudtunnel.tunnels.connected", "tunnels that have a link", () -> last.tunnels);
        meters.gauge(
                "cloudtunnel.requests.waiting", "requests that wait for a link", links::waiting);
    }

    private void age(Meters meters, String which) {
        boolean old = which.equals("oldest");
        meters.gauge(
                "cloudtunnel.link.age.seconds",
                "ages of links",
                () -> (old ? last.oldest : last.youngest) / (double) TimeUnit.SECONDS.toNanos(1),
                "which",
                which);
    }
}
